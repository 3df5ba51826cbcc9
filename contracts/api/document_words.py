"""Words in documents: the filter `q.documents`, and the pages that hold them, in lists and on public pages."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import groupby, islice
from operator import itemgetter
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from django.db import models
from django.db.models import Func, OuterRef, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.utils.translation import gettext as _
from rest_framework.request import Request

from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query.search import WordsFilter, highlighted
from contracts.intake.documents.attaching import document_versions, processes_with
from contracts.models import DocumentPage
from contracts.names.finding import names_person
from contracts.postgres.search import bounded, with_words
from contracts.postgres.search_terms import Terms, read_terms
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout

DOCUMENT_WORDS = "q.documents"
# Pages of one record that are shown.
MAX_PAGES = 3
_TEXT: models.TextField = models.TextField()
# The pages that a request asks for: its filter and its include need the same ones.
_HELD: WeakKeyDictionary[Any, dict[str, dict[int, list[int]]]] = WeakKeyDictionary()


class DocumentWords(WordsFilter):
    """
    Rows whose process has a document with a page that holds words.

    :param process: column with the key of the process
    """

    takes_number = True

    def __init__(self, process: str) -> None:
        super().__init__(
            help_text=(
                "Words on one page of a document of the process. Only documents that a person published are searched, "
                "for auditors and leads all. Syntax as in `q`; `include=pages` returns the pages."
            )
        )
        self.process = process

    def found(self, queryset: models.QuerySet, text: str, _terms: Terms) -> models.QuerySet:
        request = self.parent.request
        held = held_pages(text, self.parent.reader) if request is None else _asked_pages(request, text)
        return queryset.filter(**{f"{self.process}__any_of": sorted(held)})


def held_pages(text: str, reader: Any, processes: Sequence[int] | None = None) -> dict[int, list[int]]:
    """
    Return process → keys of its pages that hold all words of a text, in the order of documents and pages.

    They are pages of documents whose text the reader may read. No process is found by the number of a natural person,
    but by those who see it.

    :param processes: only these; by default all, whoever may see them
    """
    terms = read_terms(text)
    asked = [text, *(term.text for each in (terms.unwanted, *terms.wanted) for term in each)]
    if names_person([*asked, *(word for each in asked for word in each.split())], reader):
        return {}
    visible = DocumentPage.objects.visible_to(reader)
    if processes is not None:
        documents = {sha256 for versions in document_versions(processes).values() for sha256, _version in versions}
        visible = visible.filter(document__any_of=sorted(documents))
    pages = with_words(visible, text, "", visible={"": visible}).order_by("document", "number")
    rows = pages.values_list("document", "pk")
    of_document = {sha256: [pk for _, pk in each] for sha256, each in groupby(rows, itemgetter(0))}
    found: dict[int, list[int]] = {}
    for process, sha256 in processes_with(of_document):
        if processes is None or process in processes:
            found.setdefault(process, []).extend(of_document[sha256])
    return found


def _asked_pages(request: Any, text: str) -> dict[int, list[int]]:
    """Return what `held_pages` finds for the reader of a request, looked for once."""
    found = _HELD.setdefault(request, {})
    if text not in found:
        found[text] = held_pages(text, effective_user(request))
    return found[text]


def pages_of(process: str) -> Callable[[Request], models.QuerySet]:
    """
    Return the include of the pages of a row's process that hold the words of `q.documents`, the first `MAX_PAGES`.

    :param process: column with the key of the process
    """

    def pages(request: Request) -> models.QuerySet:
        text = str(request.query_params.get(DOCUMENT_WORDS, ""))
        if not read_terms(text).wanted:
            detail = _("include=pages needs q.documents, the words to find.")
            raise parameter_problem("include", "invalid_parameter", detail)
        # As the filter of a page of rows, see ``ListView.get``; a file has all.
        is_page = request.accepted_renderer.format == "json"
        with bounded() if is_page else nullcontext(), statement_timeout(MAX_SECONDS) if is_page else nullcontext():
            held = _asked_pages(request, text)
        found = {str(key): pages[:MAX_PAGES] for key, pages in held.items()}
        # Read by the keys of a few rows: as a list of pairs it would be read once for each.
        keys = Func(
            Value(msgspec.json.encode(found).decode()),
            Cast(OuterRef(process), _TEXT),
            template="ARRAY(SELECT jsonb_array_elements_text(%(expressions)s)::bigint)",
            arg_joiner="::jsonb -> ",
        )
        return shown_pages(DocumentPage.objects.filter(pk__any_of=keys), text).values(json=_AS_JSON)

    return pages


def pages_of_processes(text: str, reader: Any, processes: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return process → its pages that hold words, as the include has them."""
    held = held_pages(text, reader, processes)
    keys = {pk for pages in held.values() for pk in islice(pages, MAX_PAGES)}
    shown = shown_pages(DocumentPage.objects.filter(pk__any_of=keys), text)
    by_key = dict(shown.values_list("pk", _AS_JSON))
    return {process: [by_key[pk] for pk in pages if pk in by_key] for process, pages in held.items()}


def shown_pages(pages: models.QuerySet[DocumentPage], text: str) -> models.QuerySet[DocumentPage]:
    """Return pages in their order, with the ``passages`` around the words of a text, marked as in `highlights`."""
    words = read_terms(text).words
    return pages.order_by("document", "number").annotate(passages=highlighted({"text": ("text", words)}))


_AS_JSON = JSONObject(
    sha256="document",
    page="number",
    source="source",
    text=Concat(
        Value("/api/v1/documents/"), "document", Value("/text/?page="), Cast("number", _TEXT), output_field=_TEXT
    ),
    passages="passages",
)
