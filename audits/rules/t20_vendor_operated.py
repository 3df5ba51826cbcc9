"""
The vendor runs the system for the state.

## Why it matters

Whoever operates a system of surveillance or a core network sees what it sees. Public duties need public hands, or at
least public eyes on the private ones.

## Method

If the object is surveillance technology (T01), belongs to a security body (T02) or is a core network (T07), look in
the words of the record for operation, staffing or monitoring by the supplier, in the same lot. "Managed service"
counts within 60 characters of the system that is managed.

## Exclusions

Maintenance alone. Operation by the buyer's own staff. What looks at a body's own vehicles or staff alone.
Guards, and who watches alarms from afar.
Purchases that were called off before anything was signed or paid.

## Sources

UN Human Rights Council, Report on private surveillance (A/HRC/41/35).
"""

from collections.abc import Iterator

from audits.facts.core_networks import core_networks
from audits.facts.guards import beside_guards
from audits.facts.own_use import of_others
from audits.facts.technology import (
    BOTH,
    WORDS_OF_RECORD,
    first_of_each,
    in_lots,
    named,
    require_scope,
    security_buyers,
    security_links,
    surveillance,
)
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, NotApplicableError, Severity, Stage, rule
from audits.matching.lexicon import STRONG
from audits.matching.nearness import Places

# How near, in characters, "managed service" must stand to what is managed.
_MANAGED_REACH = 60


@rule(
    code="T20",
    title="Vendor operated",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=7,
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
    },
    sentences={
        "default": "The supplier would operate or staff the system: {words}.",
    },
    reasons={
        "no_sensitive_operation": "no surveillance, security body or core network is found",
    },
)
def vendor_operated(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    watching = beside_guards(dossier, of_others(dossier, surveillance(dossier)))
    grave = watching or core_networks(dossier) or security_links(dossier)
    if not grave and not security_buyers(dossier):
        raise NotApplicableError("no_sensitive_operation")
    operated = dossier.mentions_of("operation_by_vendor", parts=WORDS_OF_RECORD, strengths=BOTH)
    managed = Places(grave)
    found = tuple(
        mention
        for mention in operated
        if (
            in_lots(mention, grave or operated)
            if mention.strength == STRONG
            else managed.has_near(mention, _MANAGED_REACH)
        )
    )
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
        )
