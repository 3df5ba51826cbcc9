"""Other tenders of a buyer under the same title: what failed is often tendered again."""

import re
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models.functions import Coalesce
from django.urls import reverse

from audits.pages.list_entries import list_entry
from contracts.models import ContractingProcess
from contracts.ocds.folding import folded
from contracts.pages.display import Rows
from contracts.postgres.search import bounded, with_words
from contracts.postgres.search_terms import MAX_WORDS
from contracts.postgres.time_limits import in_time

# Letters that a title must have to say what is bought, records that are compared and shown, and seconds allowed.
MIN_LETTERS, MAX_COMPARED, MAX_SHOWN, SECONDS = 15, 500, 12, 1.0
_WORD = re.compile(r"\w+")


class OtherTenders(NamedTuple):
    """The latest first, as ``list_entry`` has them; ``api`` is the address of a list that has these and near ones."""

    rows: Rows
    api: str


def other_tenders(process: ContractingProcess, language: str) -> OtherTenders | None:
    """Return the public records of a buyer that have the title of one of its records; ``None`` if there is none."""
    words = _words_of(process.title)
    if not process.buyer_id or len("".join(words)) < MIN_LETTERS:
        return None
    nothing: list[ContractingProcess] = []
    found = in_time(SECONDS, partial(_of_same_title, process, words), nothing)
    if not found:
        return None
    asked = {"buyer": process.buyer_id, "q.title": " ".join(words[:MAX_WORDS])}
    shown: list[Any] = [list_entry(row, language) for row in found[:MAX_SHOWN]]
    rows = Rows(shown, max(len(found) - MAX_SHOWN, 0))
    return OtherTenders(rows, f"{reverse('contracting-processes')}?{urlencode(asked)}")


def _of_same_title(process: ContractingProcess, words: list[str]) -> list[ContractingProcess]:
    others = ContractingProcess.objects.public().filter(buyer=process.buyer_id).exclude(pk=process.pk)
    with bounded():
        likely = with_words(others, " ".join(words[:MAX_WORDS]), "", visible={"": ContractingProcess.objects.public()})
    rows = likely.select_related("publisher").defer("compiled_release", "corrections")
    latest = rows.order_by(Coalesce("tender_start", "date").desc(nulls_last=True), "-pk")[:MAX_COMPARED]
    return [row for row in latest if _words_of(row.title) == words]


def _words_of(title: str) -> list[str]:
    return _WORD.findall(folded(title))
