"""Figures that vary those of a case."""

from random import Random

import msgspec

from audits.judging.figures.processes import ProcessFigures, SourceCoverage

VARIANTS = 20
# Around the bounds of the rules, and far from them.
NEAR = {
    "share": (0.0, 0.2, 0.499, 0.5, 0.55, 0.9),
    "largest": (0.2, 0.5, 0.6),
    "processes": (0, 1, 4, 5, 6, 9, 10, 11, 40),
    "suppliers": (1, 2, 3, 9),
    "awards": (0, 1, 2, 3, 9),
    "months": (0, 5, 11, 12, 13, 30),
    "own_months": (0, 1, 5, 6, 7, 30),
    "since": ("2019-01", "2022-06", "2023-01", "2024-02"),
    "own_since": ("2019-01", "2022-09", "2023-03", "2024-02"),
}


def varied(chance, entry):
    """An entry with other values, each near a bound; what is ``None`` stays so."""
    return msgspec.structs.replace(
        entry,
        **{
            member: chance.choice(NEAR[member])
            for member in entry.__struct_fields__
            if member in NEAR and getattr(entry, member) is not None and chance.random() < 0.8
        },
    )


def variants(case):
    figures = msgspec.convert(case.get("statistics", {}), ProcessFigures)
    chance = Random(case["name"])
    yield figures
    for _ in range(VARIANTS):
        yield msgspec.structs.replace(
            figures,
            **{
                name: [varied(chance, entry) for entry in shares for _ in range(chance.choice((0, 1, 1, 2)))]
                for name in ("buyer_shares", "supplier_shares")
                if (shares := getattr(figures, name)) is not None
            },
            purchases_before=chance.choice((figures.purchases_before, figures.purchases_before and [])),
            source_coverage=varied(chance, figures.source_coverage or SourceCoverage("2023-01", 12, "2023-01", 6)),
        )
