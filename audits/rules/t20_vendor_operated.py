"""
The vendor runs the system for the state.

## Why it matters

The operator of a surveillance system or a core network sees what it sees. Public duties belong in public hands, or at
least under public oversight.

## Method

If the object is surveillance technology (T01), a core network (T07) or the command centre of a security body (T02),
look in the words of the record for operation, staffing or monitoring by the supplier.

* Words that name the operator ("operado por el contratista") count in the same lot.
* All others ("operación y mantenimiento", "outsourcing") count within 60 characters of the system, or in a title with
  it.

It is **context** (needs no decision) if the supplier only supervises a work, if public bodies agree on it, no amount
is told and no firm supplies it, or if it is a small purchase as in T01: it costs less than one of the `trifles` (by
currency, a bound of this project). What knows faces, intercepts or reads plates is no trifle at any price.

## Exclusions

* Maintenance alone, even if it is "outsourced".
* Operation by the buyer's own staff, goods that are bought for an operation, and help at its start ("operação
  assistida" without a term).
* Operation of something else that has a system ("operación de la planta de agua con CCTV"), and rooms named after it
  ("central de controle e operação").
* Lines, staff and other services of a security body.
* Systems that only watch a body's own vehicles or staff.
* Location systems, unless people or the vehicles of others are mentioned or, without any vehicles, a security body
  buys.
* Guards, and remote monitoring of alarms.
* Purchases that were called off before anything was signed or paid.

## Sources

UN Human Rights Council, Report on private surveillance (A/HRC/41/35).
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.procedures import agreed_without_payment
from audits.facts.methods.small_purchases import TRIFLES
from audits.facts.technology.control.operation import operated_by_vendor, sensitive_systems
from audits.facts.technology.ordinary.ordinary_watching import trifle_that_watches_few
from audits.facts.technology.record_words import supervises
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule


@rule(
    code="T20",
    title="Vendor operated",
    stage=Stage.CONTRACT,
    severity=Severity.MEDIUM,
    version=31,
    on_trial=True,
    sentences={
        "default": "The supplier would operate or staff the system: {words}.",
    },
    reasons={
        "no_sensitive_operation": "no surveillance, core network or command centre of a security body is found",
    },
)
def vendor_operated(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    systems = sensitive_systems(dossier)
    if not systems:
        raise NotApplicableError("no_sensitive_operation")
    found = operated_by_vendor(dossier, systems)
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
            context=supervises(dossier)
            or agreed_without_payment(dossier)
            or trifle_that_watches_few(dossier, systems, trifles),
        )
