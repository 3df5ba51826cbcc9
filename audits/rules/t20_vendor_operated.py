"""
The vendor runs the system for the state.

## Why it matters

Whoever operates a system of surveillance or a core network sees what it sees. Public duties need public hands, or at
least public eyes on the private ones.

## Method

If the object is surveillance technology (T01), a core network (T07) or the command centre of a security body (T02),
look in the words of the record for operation, staffing or monitoring by the supplier.

* Words that name who operates ("operado por el contratista") count in the same lot.
* All others ("operación y mantenimiento", "outsourcing") count within 60 characters of the system, or in a title with
  it.

## Exclusions

* Maintenance alone, also where it is "outsourced".
* Operation by the buyer's own staff, and goods that are bought for an operation.
* Lines, staff and other services of a security body.
* What looks at a body's own vehicles or staff alone.
* What is located, unless people or the vehicles of others are told or, where no vehicles are, a security body buys.
* Guards, and who watches alarms from afar.
* Purchases that were called off before anything was signed or paid.

## Sources

UN Human Rights Council, Report on private surveillance (A/HRC/41/35).
"""

from collections.abc import Iterator

from audits.facts.technology.operation import operated_by_vendor, sensitive_systems
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Change, Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="T20",
    title="Vendor operated",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=15,
    changes={
        2: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        3: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; “managed service” counts near the "
            "system; what looks at a body's own vehicles or staff alone does not count.",
        ),
        4: Change("2026-11-28", "Not asked of what was called off before anything was signed or paid."),
        5: Change(
            "2026-11-28",
            "A core network is one as in T07, and guards who watch from afar run no system of the state.",
        ),
        6: Change(
            "2026-11-28",
            "The core of a network is one as in the newest version of T07.",
        ),
        7: Change(
            "2026-11-28",
            "Own vehicles, security bodies and networks are read as in the newer versions of T01, T02 and "
            "T07; assisted operation counts near the system, or for months, without pause or by operators.",
        ),
        8: Change(
            "2026-11-28",
            "Operation must stand near the system that is operated or in its title, unless its words tell who "
            "operates; lines and staff of security bodies, goods bought for an operation and vehicles that nobody "
            "tells to be of others do not count, and a network is one as in the newest version of T07.",
        ),
        9: Change(
            "2026-11-28",
            "What is surveillance and own is read as in the newest version of T01.",
        ),
        10: Change(
            "2026-11-28",
            "Cameras of buildings of offices, and what is located for own use, are read as in the newest version of "
            "T01. A network is one as in the newest version of T07.",
        ),
        11: Change(
            "2026-11-29",
            "Goods that an operation needs (“necesarios para la correcta operación”) are bought for it. "
            "What only a long list names, behind its first words, is not what is bought.",
        ),
        12: Change(
            "2026-11-29",
            "A network is one as in the newest version of T07.",
        ),
        13: Change(
            "2026-11-29",
            "What is surveillance, own, of offices or a trifle is read as in the newest version of T01.",
        ),
        14: Change(
            "2026-11-29",
            "Who is hired only to keep a system up runs nothing (“outsourcing of maintenance”). A network is "
            "one as in the newest version of T07, and what is surveillance is read as in that of T01.",
        ),
        15: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
    },
    sentences={
        "default": "The supplier would operate or staff the system: {words}.",
    },
    reasons={
        "no_sensitive_operation": "no surveillance, core network or command centre of a security body is found",
    },
)
def vendor_operated(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    systems = sensitive_systems(dossier)
    if not systems:
        raise NotApplicableError("no_sensitive_operation")
    found = operated_by_vendor(dossier, systems)
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
        )
