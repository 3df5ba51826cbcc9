"""
The time to prepare a bid is too short.

## Why it matters

A buyer can tell one supplier about a tender early and leave its rivals too little time to bid. A short period also
keeps away companies that only learn of the tender from the notice.

## Method

Count the calendar days from the start of the tender period, or of the enquiry period if that is earlier, to the end of
the tender period: from noon on 1 March to the morning of 16 March there are 15. Flag the process if the country's law
requires more days for this method.

* If the law lets a buyer shorten the period for stated reasons, periods between the two terms are **context** (needs
  no decision): records do not say whether reasons were stated.
* These `legal_terms` are listed by country, name of the method, category and date. Sentence and evidence name the
  article. Working days are converted to the smallest possible number of calendar days.
* An installation may set its own terms: `minimum_days_by_method`, and a `minimum_days` for methods without one. 0
  means none: if no law requires a term, there is no question.
* The `methods` may be limited; without a limit they are all in which several could bid.

The name of the method is one of these:

* `procurementMethodDetails` or `procurementMethodType`;
* a member of the publisher's own;
* a `procurementMethod` that is not an OCDS code;
* a rationale that contains only a name.

## Exclusions

* Tenders that are cancelled, or whose items or lots all are.
* Direct and limited procedures, by their code, name, reason or number; call-offs and agreements.
* Procedures for small purchases, by their name, and all methods without a known term.
* Buyers with a regulation of their own: Brazil's SENAI, SESC and the like; and buyers in Argentina whose name is not
  that of a national body, since provinces and cities have laws of their own.
* Repeated records of one tender (same buyer, title, description, start and end), except the first by ocid.

Reported as insufficient data:

* Start and end are the same moment, or lie on one day: the publisher filled in one date for both, or the hours in
  which bids were taken.
* A period ends before it starts: an error in the record.
* A duration differs from the dates by more than a day: also an error.

## Sources

Open Contracting Partnership, Red flags for integrity: R003. OCDS Cardinal, R003, requires 15 days everywhere. Each
term names its law.
"""

from collections.abc import Iterator, Mapping, Sequence

from audits.facts.competition.submission_period import time_to_bid
from audits.facts.methods.legal_limits import Thresholds, legal_days
from audits.facts.methods.procedures import (
    is_coded,
    named_methods,
    own_regulation,
    require_competition,
    require_not_all_cancelled,
    small_by_name,
)
from audits.facts.stages import standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule

NO_OTHERS: Mapping[str, int] = {}


@rule(
    code="R003",
    title="Short submission period",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=12,
    reads=("first_record",),
    sentences={
        "default": "Bidders had {days:calendar day|calendar days} to bid; the rule asks for {minimum}.",
        "legal": "Bidders had {days:calendar day|calendar days} to bid; the law asks for {minimum} ({source}).",
        "cut": "Bidders had {days:calendar day|calendar days} to bid; the law asks for {minimum}, and for {cut_to} "
        "where the buyer gives reasons ({source}).",
    },
    reasons={
        "own_regulation": "{buyer} buys by a regulation of its own, which sets other terms than the law",
        "period_reversed": "the tender period ends before it starts",
        "period_is_session": "the tender period begins and ends on one day: it is the session, not the time to bid",
        "period_is_moment": "start and end of the tender period are one moment",
        "duration_differs": "the tender period gives {days:day|days} as its duration, and other dates",
        "method_not_given": "the procurement method is not given",
        "told_before": "the tender is asked about in the record {ocid}, which tells it too",
        "term_unknown": "no law on record sets a term to this procedure",
        "method_not_coded": "no term is known for the method “{method:code}”, which is no code of OCDS",
    },
)
def short_submission_period(
    dossier: Dossier,
    *,
    minimum_days: int = 0,
    minimum_days_by_method: Mapping[str, int] = NO_OTHERS,
    legal_terms: Thresholds = (),
    methods: Sequence[str] = (),
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if methods and tender.method not in methods:
        if not tender.method:
            raise NotApplicableError("method_not_given")
        raise NotApplicableError("method_is", method=tender.method)
    require_competition(dossier)
    require_not_all_cancelled(dossier.process)
    time = time_to_bid(tender)
    days, evidence = time.days, time.evidence
    law = legal_days(legal_terms, dossier.process, on=time.start.date())
    if law and (buyer := own_regulation(dossier)):
        raise NotApplicableError("own_regulation", buyer=buyer)
    names = [place.value for place in named_methods(tender)]
    own = [minimum_days_by_method[name] for name in names if name in minimum_days_by_method]
    if not own and law is None:
        if name := small_by_name(dossier):
            raise NotApplicableError("small_by_name", method=name)
        if tender.method and not is_coded(tender):
            raise InsufficientDataError("/tender/procurementMethod", "method_not_coded", method=tender.method)
        if not minimum_days:
            raise InsufficientDataError("/tender/procurementMethodDetails", "term_unknown")
    minimum = own[0] if own else law.days if law else minimum_days
    if days < minimum and (first := dossier.statistics.first_record):
        raise NotApplicableError("told_before", ocid=first)
    if days < minimum:
        values: dict[str, str | int] = {"days": days, "minimum": minimum}
        if own or law is None:
            yield Finding(evidence, values)
            return
        evidence = (*evidence, law.cited)
        values["source"] = law.source
        if days < law.cut_to:
            yield Finding(evidence, values, sentence="legal")
        else:
            yield Finding(evidence, values | {"cut_to": law.cut_to}, sentence="cut", severity=Severity.CONTEXT)
