"""Which indicators of others ask what a rule asks: data, see ``fixtures/counterparts/README.md``."""

from functools import cache

from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Counterpart(Struct, frozen=True):
    """An indicator of a list: the list with its name and where its codes were read, the code, and how near it is."""

    scheme: str
    name: str
    code: str
    match: str
    source: str


def counterparts_of(rule: str) -> tuple[Counterpart, ...]:
    """Return the counterparts of a rule, by its code; none of most."""
    return _counterparts().get(rule, ())


@cache
def _counterparts() -> dict[str, tuple[Counterpart, ...]]:
    schemes = {row["scheme"]: row for row in fixture_rows("counterparts/schemes")}
    found: dict[str, tuple[Counterpart, ...]] = {}
    for row in fixture_rows("counterparts/counterparts"):
        scheme = schemes[row["scheme"]]
        counterpart = Counterpart(row["scheme"], scheme["name"], row["code"], row["match"], scheme["source"])
        found[row["rule"]] = (*found.get(row["rule"], ()), counterpart)
    return found
