"""
A procedure without competition gives no legal ground.

## Why it matters

Laws allow purchases without competition on certain grounds. If the record names none, nobody can check it.

## Method

The procurement method is one of the `methods`. Flag the process if the rationales of the method and of the awards are
empty, and no text cites an article that gives a ground ("art. 75, VIII").

* An article in the name of the method counts, whether we have its law or not ("art. 42"). So does one in titles and
  descriptions, if we have no law of the country.
* Empty phrases ("Nacional", "N/A") are not a ground.
* If we have the general laws of the country, sentence and evidence name their articles on grounds.

### How often the publisher gives a ground

* If this is known, the rule asks only if the share is at least `minimum_share`.
* Awards above one of the `small_amounts` are always asked about: if a publisher never gives a ground for large awards,
  that is no answer. The amounts define what is small, by currency; some are for one category, or for a country's other
  currency.

### Severity

* **medium**: an award of at least `grave_multiple` times such an amount, unless a name gives the ground, as below.
* **low**: everything else.
* **context** (needs no decision):
  * It is not known how often this publisher gives a ground.
  * An award is above such an amount, and its publisher gives a ground less often than that share.
  * It cost less than `modest_multiple` times an amount of small purchases, some thirty thousand euros: many countries
    allow direct awards of that amount without another ground, by limits that we do not have.
  * `procurementMethodDetails` itself names a ground, as in T04, T11 and T15: exclusivity, emergency, secrecy, a
    special regime, an agreement between governments; in Brazil, "inexigibilidade". Or the record only cites the
    exceptional route as a whole ("CVE"). The flag names it, because a name does not explain the reason.

## Exclusions

* Tenders that were cancelled or failed, or whose items or lots all were.
* Records without an awarded supplier: perhaps nothing was bought yet.
* Small purchases: by the name of their method, up to one of the `small_amounts`, or below one of the `trifles` (by
  currency). If no amount is given, a method reserved for small purchases shows it.
* Procedures with several tenderers: offers were compared.
* Orders under an existing framework agreement.
* Purchases for which no law requires competition, by their title: leases of real estate, and the social witness of a
  tender, whom an authority designates.
* Direct awards whose legal limit we have (`thresholds`, by country, currency and date): below the limit they need no
  ground, and above it R055 asks for one.

The ground may be in a document that was not read: the question is where.

## Sources

Open Contracting Partnership, Red flags for integrity: R010.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import structs

from audits.facts.methods.grounds import (
    articles_named,
    articles_of_grounds,
    cited_grounds,
    cited_reasons,
    named_grounds,
)
from audits.facts.methods.legal_limits import DIRECT, Thresholds, has_limit
from audits.facts.methods.procedures import (
    gives_no_reason,
    require_award_without_offers,
    require_no_call_off,
    require_success,
)
from audits.facts.methods.small_purchases import (
    SMALL_AMOUNTS,
    TRIFLES,
    is_more_than,
    modest,
    require_more_than_small,
    require_more_than_trifle,
)
from audits.facts.publisher_practice import context_of_absence
from audits.facts.stages import grounds_of, require_method, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import without_repeats
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import Evidence, Finding, NotApplicableError, Severity, Stage, rule
from contracts.ocds.codelists.codes import NON_COMPETITIVE


@rule(
    code="R010",
    title="Noncompetitive, ground not stated",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=11,
    lists=("laws", "grounds"),
    reads=("publisher_practice",),
    limits=DIRECT,
    sentences={
        "default": "The procurement method is “{method:code}”, and the record gives no ground for it.",
        "legal": "The procurement method is “{method:code}”, and the record gives no ground for it; the general law "
        "lists grounds in {articles}.",
        "named": "Only the name of the procurement method, “{method:code}”, gives a ground: {words}.",
        "route": "The record cites only an exceptional procedure as a whole, and none of its grounds: {words}.",
    },
    reasons={
        "nobody_awarded": "the record names nobody who was awarded",
        "modest": "what it cost, {spent}, is less than {bound}, which many laws let be awarded for its amount alone",
        "several_tenderers": "{count} tenderers are counted: offers were compared",
        "limit_known": "the limit for direct awards is on record: R049 and R055 ask about it",
    },
)
def unjustified_noncompetitive_procedure(
    dossier: Dossier,
    *,
    methods: Sequence[str] = NON_COMPETITIVE,
    thresholds: Thresholds = (),
    small_amounts: Mapping[str, int] = SMALL_AMOUNTS,
    trifles: Mapping[str, int] = TRIFLES,
    minimum_share: float = 0.5,
    grave_multiple: int = 100,
    modest_multiple: int = 3,
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    method = require_method(tender, methods)
    require_success(dossier.process)
    if any(not gives_no_reason(dossier, str(ground.value)) for ground in grounds_of(dossier.process)):
        return
    if cited_reasons(dossier) or any(articles_named(dossier)):
        return
    require_award_without_offers(dossier)
    require_no_call_off(dossier)
    if has_limit(dossier.process, thresholds):
        raise NotApplicableError("limit_known")
    require_more_than_trifle(dossier, trifles)
    is_large = require_more_than_small(dossier.process, small_amounts)
    field = f"{tender.path}/procurementMethodRationale"
    context = context_of_absence(dossier, "R010", field, minimum_share=minimum_share, is_asked_anyway=is_large)
    context = context or modest(dossier.process, trifles, modest_multiple)
    is_grave = is_large and is_more_than(dossier.process, small_amounts, grave_multiple)
    named = without_repeats((*cited_grounds(dossier), *named_grounds(dossier)))
    name = Evidence(f"{tender.path}/procurementMethodDetails", tender.method_details)
    if named:
        is_in_name = any(place.path == name.path for place in named)
        yield Finding(
            evidence=(method, *named),
            values={"method": tender.method_details or tender.method, "words": named_evidence(named)},
            sentence="named" if is_in_name else "route",
            severity=Severity.CONTEXT,
        )
        return
    articles = articles_of_grounds(dossier)
    yield Finding(
        evidence=(structs.replace(method, note=articles), *((name,) if name.value else ())),
        values={"method": tender.method_details or tender.method} | ({"articles": articles} if articles else {}),
        sentence="legal" if articles else "default",
        severity=Severity.MEDIUM if is_grave else None,
        context=None if is_grave else context,
    )
