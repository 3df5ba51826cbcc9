"""
A buyer buys mostly without competition.

## Why it matters

By law, direct and limited procedures are exceptions. If they become the rule, nobody tests prices, and suppliers are
hand-picked.

## Method

Share = processes whose `procurementMethod` is direct, or limited without a losing tenderer, / processes that give
their method, over all processes of the organization in which something was awarded.

Processes as buyer and as procuring entity are counted separately; the rule asks once, about the role with more of
them. Flag the organization if:

* the share is `share` or more, with at least `minimum_processes` processes; and
* these processes also make up `value_share` or more of the total cost, in the most frequent currency: many small
  direct purchases beside a few large tenders are not a habit. If no amount is given, only the number counts.

## Exclusions

* Cancelled tenders, and tenders without an award.
* Direct orders under an existing contract (framework agreements, electronic catalogues).
* Purchases that left no choice, by the article that is cited or the words of the ground: what one firm alone can
  supply (exclusive rights, technical reasons, Brazil's "inexigibilidade", also of all who are accredited), what public
  bodies sell each other, what nobody offered in a tender. R010 and T04 ask about such grounds one by one.
* Direct purchases that the law allows because they are small, by the name of the method, the article it cites or the
  amount that R010 calls small; purchases below one of R010's `trifles` (about ten thousand euros) or without an
  amount. Purchases with competition count, whatever their method is called.
* Processes that do not give their procurement method.
* Organizations with few processes.
* Sources where over half of the records are direct or limited procedures (insufficient data): they may publish only
  such purchases or a sample, or all their buyers buy that way.

Purchases count whose ground, in words, is that they must fit what the buyer already has from a firm.

## Sources

Open Contracting Partnership, Red flags for integrity: R013. The share is a starting point of this project: laws differ
in which direct purchases they allow, mostly by value.
"""

from collections.abc import Iterator, Sequence

from audits.facts.comparisons.track_records import (
    counted_figures,
    processes_counted,
    require_number,
    rounded_for_decision,
)
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import MethodUse
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, Subject, rule
from contracts.ocds.codelists.codes import BUYER_ROLES


@rule(
    code="R013",
    title="High use of non-competitive methods",
    subject=Subject.ORGANIZATION,
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=10,
    on_trial=True,
    reads=("method_use",),
    sentences={
        "buyer": "As a buyer, {organization} bought without open competition in {noncompetitive} of "
        "{processes:process|processes} ({percent} %).",
        "procuringEntity": "As a procuring entity, {organization} bought without open competition in {noncompetitive} "
        "of {processes:process|processes} ({percent} %).",
    },
    reasons={
        "few_open_published": "the source has {records:record|records} or more, over half of them of direct or "
        "limited procedures",
    },
)
def high_use_of_noncompetitive_methods(
    dossier: OrganizationDossier, *, share: float = 0.75, minimum_processes: int = 10, value_share: float = 0.5
) -> Iterator[Finding]:
    roles: Sequence[MethodUse] = counted_figures(dossier, BUYER_ROLES, "method_use", "/tender/procurementMethod")
    # One body stands in both roles of most of its processes.
    figures = max(roles, key=lambda entry: (entry.processes, entry.role == "buyer"))
    processes, noncompetitive = figures.processes, figures.noncompetitive
    require_number("method_use", processes, minimum_processes)
    if figures.seldom_open:
        raise InsufficientDataError("/tender/procurementMethod", "few_open_published", records=figures.seldom_open)
    is_most_of_value = figures.value_share is None or figures.value_share >= value_share
    if noncompetitive >= share * processes and is_most_of_value:
        yield Finding(
            evidence=processes_counted(figures.counted),
            values={
                "organization": dossier.name,
                "noncompetitive": noncompetitive,
                "processes": processes,
                "percent": f"{100 * noncompetitive / processes:.0f}",
            },
            sentence=figures.role,
            # A flag of version 1 is this one, with its decisions.
            cites=(figures.role,),
            decision_basis=(figures.role, *rounded_for_decision(noncompetitive / processes, processes)),
        )
