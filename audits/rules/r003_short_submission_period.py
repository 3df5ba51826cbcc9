"""
The time to prepare a bid is too short.

## Why it matters

A buyer can tell one supplier about a tender early and leave its rivals too little time to bid. A short period also
keeps away those who did nothing but wait for the notice.

## Method

Count the whole days between start and end of the tender period. Flag the process if there are fewer than
`minimum_days`, or fewer than `minimum_days_by_method` has for its `procurementMethodDetails`, since laws set
other terms for other procedures. Where the law of the country sets a term to this method (`legal_terms`, by country,
name of the method, category and date), that term is asked of and the sentence names its article; working days are
reckoned as the fewest calendar days that hold them. `methods` limits the rule to some procurement methods; empty
means all. Where start and end are the same moment the flag is context: some publishers fill in one date for both. So
it is in direct and limited procedures, where few or none were to bid.

## Exclusions

Cancelled tenders. A period that ends before it starts is an error in the record: it is reported as insufficient data.

## Sources

Open Contracting Partnership, Red flags for integrity: R003. OCDS Cardinal, R003, from which the 15 days come. The
law of each term stands beside it.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.legal_limits import Thresholds, legal_days
from audits.facts.stages import standing_tender
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
from contracts.ocds.codes import NON_COMPETITIVE

NO_OTHERS: Mapping[str, int] = {}


@rule(
    code="R003",
    title="Short submission period",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=3,
    changes={
        2: Change(
            "2026-11-24", "In direct and limited procedures, where few or none were to bid, the flag is context."
        ),
        3: Change(
            "2026-11-25", "Where the law of the country sets a term, that term is asked of and its article named."
        ),
    },
    sentences={
        "default": "Bidders had {days} whole days to bid; the rule asks for {minimum}.",
        "legal": "Bidders had {days} whole days to bid; the law asks for {minimum} ({source}).",
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
    legal_terms: Thresholds = (),
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
    law = legal_days(legal_terms, dossier.process, on=period.start.date())
    minimum = minimum_days_by_method.get(tender.method_details, law.days if law else minimum_days)
    if days < minimum:
        same = period.start == period.end
        is_closed = tender.method in NON_COMPETITIVE
        sentence = "default"
        values: dict[str, str | int] = {"days": days, "minimum": minimum}
        if same:
            sentence, values = "same", {"start": period.start.isoformat()}
        elif is_closed:
            sentence, values = "direct", values | {"method": tender.method}
        elif law and tender.method_details not in minimum_days_by_method:
            sentence, values = "legal", values | {"source": law.source}
        yield Finding(
            evidence=(
                Evidence(f"{period.path}/startDate", period.start.isoformat()),
                Evidence(f"{period.path}/endDate", period.end.isoformat()),
            ),
            values=values,
            sentence=sentence,
            severity=Severity.CONTEXT if same or is_closed else None,
        )
