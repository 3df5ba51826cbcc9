"""
The time to prepare a bid is too short.

## Why it matters

A buyer can tell one supplier about a tender early and leave its rivals too little time to bid. A short period also
keeps away those who did nothing but wait for the notice.

## Method

Count the whole days between start and end of the tender period. Flag the process if there are fewer than
`minimum_days`, or fewer than `minimum_days_by_method` has for its `procurementMethodDetails`, since laws set
other terms for other procedures. `methods` limits the rule to some procurement methods; empty means all. Where start
and end are the same moment the flag is context: some publishers fill in one date for both. So it is in direct and
limited procedures, where few or none were to bid.

## Exclusions

Cancelled tenders. A period that ends before it starts is an error in the record: it is reported as insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R003. OCDS Cardinal, R003, from which the 15 days come.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.stages import NON_COMPETITIVE, standing_tender
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import (
    Change,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

NO_OTHERS: Mapping[str, int] = {}


@rule(
    code="R003",
    title="Short submission period",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=2,
    changes={
        2: Change(
            "2026-11-24", "In direct and limited procedures, where few or none were to bid, the flag is context."
        ),
    },
    sentences={
        "default": "Bidders had {days} whole days to bid; the rule asks for {minimum}.",
        "direct": "The procedure was “{method}”, and the record gives {days} whole days to bid; the rule asks for "
        "{minimum} where anyone may bid.",
        "same": "The record gives one moment, {start}, as start and end of the time to bid.",
    },
    reasons={
        "period_reversed": "the tender period ends before it starts",
        "method_not_given": "the procurement method is not given",
    },
)
def short_submission_period(
    dossier: Dossier,
    *,
    minimum_days: int = 15,
    minimum_days_by_method: Mapping[str, int] = NO_OTHERS,
    methods: Sequence[str] = (),
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if methods and tender.method not in methods:
        if not tender.method:
            raise NotApplicableError("method_not_given")
        raise NotApplicableError("method_is", method=tender.method)
    period = tender.tender_period
    if period is None or period.start is None:
        raise InsufficientDataError("/tender/tenderPeriod/startDate")
    if period.end is None:
        raise InsufficientDataError("/tender/tenderPeriod/endDate")
    if period.end < period.start:
        raise InsufficientDataError("/tender/tenderPeriod/endDate", "period_reversed")
    days = (period.end - period.start).days
    minimum = minimum_days_by_method.get(tender.method_details, minimum_days)
    if days < minimum:
        same = period.start == period.end
        is_closed = tender.method in NON_COMPETITIVE
        values = {"start": period.start.isoformat()} if same else {"days": days, "minimum": minimum}
        yield Finding(
            evidence=(
                Evidence(f"{period.path}/startDate", period.start.isoformat()),
                Evidence(f"{period.path}/endDate", period.end.isoformat()),
            ),
            values=values | ({"method": tender.method} if is_closed and not same else {}),
            sentence="same" if same else "direct" if is_closed else "default",
            severity=Severity.CONTEXT if same or is_closed else None,
        )
