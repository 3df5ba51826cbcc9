"""
Only one bid was received.

## Why it matters

A competitive procedure with a single bidder may have been written for that bidder, announced too quietly, or given too
little time. It may also be a market with one supplier. In both cases nobody competed on price.

## Method

The procurement method is one of the `methods`. Flag the process if exactly one tenderer is counted. The evidence names
the field, or the measure.

The flag is **context** (needs no decision) if:

* `numberOfTenderers` is one in over half of the competitive procedures of the source: it may be a default value; or
* the purchase costs less than four of the `trifles` (by currency, about ten thousand euros each), by its amount or by
  the name of its method. Of an amount below a hundredth of that, which may be a unit price, the name alone counts.

The count is taken from the first of these that the record gives:

* `/tender/numberOfTenderers`;
* `/tender/tenderers`;
* the tenderers of submitted bids;
* `/bids/statistics`.

For the statistics:

* The first given of the measures `bidders`, `bids`, `qualifiedBidders` and `validBids` counts. If only one of the last
  two is given, the sentence says so.
* If one measure has several values, the latest counts.
* If only suppliers are listed as bidders, as in a notice of results, and the statistics report more, the statistics
  count.
* Statistics of single lots are left out if there are several lots.

## Exclusions

* Direct and limited procedures, by their code, name, reason or number: a single supplier is no surprise there, and
  other rules ask about it.
* Sales by the body ("enajenación de …", "leilão").
* Call-offs, by name or title ("contrato basado", "fair opportunity"), and extensions of a contract, if a title begins
  with one ("adenda", "termo aditivo").
* Agreements between public bodies, and purchases below the legal threshold, by name.
* Tenders that were cancelled or failed, or whose items or lots all were.
* Bids that were only invited, or were withdrawn, are not counted.

Reported as insufficient data:

* A list of tenderers without the supplier of an award: it does not list everyone who took part.
* A list that names a single person in a selection of consultants by their CVs: it is incomplete too.
* A list that names only the buyer.
* One tenderer although several suppliers won separately: the count may be that of one lot.

## Sources

Open Contracting Partnership, Red flags for integrity: R018. OCDS Cardinal reads the first field only; we added the
others, because Latin American records seldom give it. Measures: OCDS extension "Bid statistics and details", codelist
bidStatistics.csv, https://extensions.open-contracting.org/en/extensions/bids/.
"""

from collections.abc import Iterable, Mapping, Sequence

from audits.facts.competition.tenderers import (
    AFTER_EVALUATION,
    count_tenderers,
    count_winners,
    hired_person,
    listed_buyer,
)
from audits.facts.methods.procedures import (
    below_threshold_by_name,
    require_competition,
    require_no_extension,
    require_success,
)
from audits.facts.methods.small_purchases import TRIFLES, cheap
from audits.facts.stages import method_of, require_purchase
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

# Below so many trifles a single bid is seldom worth a question.
_MODEST = 4


@rule(
    code="R018",
    title="Single bid received",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=17,
    lists=("laws", "grounds"),
    reads=("source_habits.one_tenderer",),
    sentences={
        "default": "The record counts {count} tenderer in a procedure of method “{method:code}”.",
        "evaluated": "In a procedure of method “{method:code}” the record counts {count} valid bid or qualified "
        "bidder; it does not say how many there were.",
    },
    reasons={
        "buyer_listed": "the only tenderer on the list is the buyer, {buyer}",
        "several_won": "one tenderer is counted, and {number} suppliers won apart",
        "suppliers_alone": "the bids are those of suppliers alone; statistics of lots tell of more",
        "supplier_not_listed": "the list of tenderers lacks the supplier {supplier}",
        "person_hired": "a contest hires a person, {person}: the list names who was chosen, and not among whom",
    },
)
def single_bid_received(
    dossier: Dossier,
    *,
    methods: Sequence[str] = ("open", "selective"),
    trifles: Mapping[str, int] = TRIFLES,
) -> Iterable[Finding]:
    tender = dossier.process.tender
    if method_of(tender) not in methods:
        raise NotApplicableError("method_is", method=tender.method)
    require_purchase(dossier)
    require_competition(dossier)
    if name := below_threshold_by_name(dossier):
        raise NotApplicableError("small_by_name", method=name)
    require_no_extension(dossier)
    require_success(dossier.process)
    count, evidence = count_tenderers(dossier.process)
    if count == 1 and (person := hired_person(dossier, evidence)):
        raise InsufficientDataError(f"{tender.path}/tenderers", "person_hired", person=person)
    if count == 1 and (buyer := listed_buyer(dossier.process)):
        raise InsufficientDataError(f"{tender.path}/tenderers", "buyer_listed", buyer=buyer)
    if count == 1 and (number := count_winners(dossier.process)) > 1:
        raise InsufficientDataError(evidence.path, "several_won", number=number)
    if count == 1:
        method = Evidence(f"{tender.path}/procurementMethod", tender.method)
        sentence = "evaluated" if evidence.note in AFTER_EVALUATION else "default"
        yield Finding(
            (evidence, method),
            {"count": count, "method": tender.method},
            sentence=sentence,
            context=cheap(dossier, trifles, _MODEST),
        )
