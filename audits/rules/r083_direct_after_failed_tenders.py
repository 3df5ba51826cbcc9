"""
Tenders failed repeatedly, and one company got a direct award.

## Why it matters

Laws allow a direct award if nobody bids. Terms that nobody could meet, or the rejection of all bids, lead there too:
the question is why each tender failed, and whether the company's contract has the same terms.

## Method

Flag the process if at least `failed_tenders` failed before it, its award was direct or limited by code, name, reason
or number, and it has one supplier. Failed tenders are counted in two ways, and the larger number counts:

* earlier processes that the record names as failed (`relatedProcesses` with the relationship `unsuccessfulProcess`),
  and those in the buyer's other records, each identifier once; or
* failed tenders that titles, descriptions, reasons or the name of the method mention in Spanish, Portuguese or
  English: "declarada desierta en dos ocasiones", "licitação fracassada por duas vezes", "two failed biddings".

### What the buyer's other records show

The tenders of the buyer for the same object that failed in the year before the award count:

* The same object has the same title, whatever its case and punctuation, of 20 letters or more.
* A tender failed if its status is `unsuccessful` or `cancelled`, or all its awards are `unsuccessful`. A direct
  purchase is not a tender.
* It failed on the date of its last `unsuccessful` award; without such a date, at the end of the bidding period, else
  its start, else the date of the record. Records with the same end of bidding are one tender, for example if each lot
  has its own ocid.

### How many failed tenders the words mean

* The number next to the words.
* Two, if the words mention earlier ones in the plural ("previous tenders failed").
* Otherwise one: a plural alone is the name of a ground ("por licitaciones públicas desiertas"). So is an article of a
  law that allows a direct award after a failed tender.

## Exclusions

* Cancelled tenders.
* Awards to several suppliers.
* Tenders that may fail or did not fail ("será declarada desierta si").
* Records without any sign of failed tenders (no related process, no mention, no such article, no other record) are
  insufficient data: they do not say whether tenders failed before.

## Sources

A question of this project, requested by people who read real records. Relationship: OCDS codelist relatedProcess.csv.
"""

from collections.abc import Iterator

from audits.facts.methods.failed_tenders import failed_tenders_in_words
from audits.facts.methods.procedures import is_competitive
from audits.facts.stages import method_of, name_of, standing_tender, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import FailedTender
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)

FAILED = "unsuccessfulProcess"


@rule(
    code="R083",
    title="Direct after failed tenders",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=7,
    lists=("laws", "grounds"),
    reads=("failed_tenders",),
    sentences={
        "several": "The record tells of earlier tenders that failed (“{words}”), and {supplier} was awarded without "
        "competition.",
        "told": "The record tells of {count} tenders that failed (“{words}”), and {supplier} was awarded without "
        "competition.",
        "default": "{count} earlier tenders failed ({identifiers}), and {supplier} was awarded without competition.",
    },
)
def direct_after_failed_tenders(dossier: Dossier, *, failed_tenders: int = 2) -> Iterator[Finding]:
    process = dossier.process
    tender = standing_tender(dossier)
    method = method_of(tender)
    if is_competitive(dossier):
        raise NotApplicableError("method_is", method=method)
    told, on_record = failed_tenders_in_words(dossier), dossier.statistics.failed_tenders or ()
    if told is None and not process.related_processes and not on_record:
        raise InsufficientDataError("/relatedProcesses")
    suppliers = suppliers_by_key(process)
    if len(suppliers) > 1:
        raise NotApplicableError("several_suppliers")
    ((key, supplier),) = suppliers.items()
    name, method_evidence = name_of(process, supplier), Evidence(f"{tender.path}/procurementMethod", method)
    named = {
        related.identifier: Evidence(f"{related.path}/identifier", related.identifier)
        for related in process.related_processes
        if FAILED in related.relationship and related.identifier
    }
    failed = {other.ocid: _record_of(other) for other in on_record} | named
    if len(failed) >= failed_tenders:
        yield Finding(
            evidence=(*failed.values(), method_evidence),
            values={"count": len(failed), "identifiers": ", ".join(sorted(failed)), "supplier": name},
            # What other records show comes and goes with them: the question stays the same.
            cites=tuple(sorted({key, *named})),
        )
    elif told and told.least >= failed_tenders:
        yield Finding(
            evidence=(*told.places, method_evidence),
            values={"count": told.least, "words": told.words, "supplier": name},
            sentence="told" if told.is_told else "several",
            cites=(key,),
        )


def _record_of(failed: FailedTender) -> Evidence:
    """Return the record of a failed tender as evidence, with its status and date."""
    return Evidence("/ocid", failed.ocid, note=f"{failed.status}, {failed.date}", ocid=failed.ocid)
