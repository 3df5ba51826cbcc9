"""Decisions on flags as training rows for the reader."""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.db.models import TextField
from django.db.models.functions import Cast
from msgspec import Struct

from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.process import Dossier
from audits.matching.reference.data import Reference
from audits.models import Flag, Review
from contracts.models import ContractingProcess
from contracts.ocds.gate.document import decode_stored

# The reason of a dismissal that says what is bought; with any other, technology may be bought all the same.
OTHER_THING = "other_thing_bought"


class DecidedRow(Struct, frozen=True):
    """A process whose flags on technology people decided on; ``is_technology``: what they say of what is bought."""

    dossier: Dossier
    buyer: str
    language: str
    is_technology: bool


def decided_rows(reference: Reference) -> Iterator[DecidedRow]:
    """
    Yield the public processes that people decided on by flags of the rules with two keys.

    One confirmed flag says that technology is bought. Dismissed ones say that it is not where the kind of reason of
    each is ``other_thing_bought``.
    """
    decided = {process: verdict for process, verdict in _verdicts().items() if verdict is not None}
    processes = ContractingProcess.objects.filter(pk__in=decided).select_related("publisher").order_by("pk")
    texts = processes.annotate(text=Cast("compiled_release", TextField())).defer("compiled_release", "corrections")
    for process in texts.iterator(chunk_size=100):
        publisher = process.publisher
        dossier = build_dossier(
            decode_stored(process.text),
            reference=reference,
            country=publisher.country if publisher else "",
            zone=ZoneInfo(publisher.time_zone if publisher else "UTC"),
        )
        buyer = process.buyer_name or process.ocid
        yield DecidedRow(dossier, buyer, dossier.process.language, is_technology=bool(decided[process.pk]))


def _verdicts() -> dict[int, bool | None]:
    """Return process → whether technology is bought, ``None`` where decisions do not tell."""
    flags = Flag.objects.on_public_subjects().filter(
        rule__startswith="T",
        process__isnull=False,
        decision__in=[Review.Decision.CONFIRMED, Review.Decision.DISMISSED],
    )
    by_process: dict[int, list[tuple[str, str | None]]] = {}
    for flag in flags.prefetch_related("reviews").order_by("pk"):
        latest = [review for review in flag.reviews.all() if review.decision == flag.decision][-1]
        by_process.setdefault(flag.process_id or 0, []).append((latest.decision, latest.reason_code))
    return {process: _verdict(decisions) for process, decisions in by_process.items()}


def _verdict(decisions: Iterable[tuple[str, str | None]]) -> bool | None:
    given = list(decisions)
    if any(decision == Review.Decision.CONFIRMED for decision, _code in given):
        return True
    return False if all(code == OTHER_THING for _decision, code in given) else None
