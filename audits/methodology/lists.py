"""The lists that rules look things up in, as pages: whose they are, what their rows said and since when."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.judging.rule.vocabulary import Rule
from audits.reference.list_columns import COLUMNS
from audits.reference.lists import (
    LISTS,
    PUBLIC_LISTS,
    ListRow,
    ReferenceList,
    former_day,
    id_of,
    lists_of,
    moved_rows,
    rows_of,
    summaries,
    summary_of,
)
from audits.reference.rule_sets import rule_sets_in_force
from audits.rules import RULES
from contracts.pages.display import country_in_words
from contracts.pages.misread import unknown_value
from contracts.pages.rendering import answer, reading_page
from contracts.translating import variety_in_force

# So many rows are on one page: all of the lists that flags lead to.
ROWS = 250
# So many of the last days on which a list changed are told.
MAX_DAYS = 20
# Texts of rows that have translations.
_TRANSLATED = frozenset({"authority", "effect"})
_DAYS = frozenset({"valid_from", "valid_to"})


class ShownChange(Struct, frozen=True):
    day: datetime
    label: str
    before: str
    after: str


class ShownCell(Struct, frozen=True):
    """A cell: its text, or the public lists that it names, with the ids of their rows."""

    label: str
    text: str
    links: tuple[tuple[str, str], ...] = ()


class ShownRow(Struct, frozen=True):
    """A row as a page shows it: ``title``, and the cells of the other columns that hold something."""

    id: str
    title: str
    enabled: bool
    cells: tuple[ShownCell, ...]
    recorded: datetime | None
    changes: tuple[ShownChange, ...]


class Listed(Struct, frozen=True):
    """A row that a flag names: its id and name, the list, and whether it has the same id there today."""

    id: str
    name: str
    list: ReferenceList
    is_present: bool


class MovedRow(Struct, frozen=True):
    """A row that was added, ``is_new``, or edited after a moment: with its list, and the edits since."""

    list: ReferenceList
    row: ShownRow
    is_new: bool


@reading_page
def index(request: HttpRequest, language: str) -> HttpResponse:
    """All lists, and what the digest of a rule set is made of."""
    rule_set = rule_sets_in_force().by_country[""]
    return answer(
        request,
        "methodology/lists.html",
        language,
        lists=[(summary, _rules(summary.list)) for summary in summaries()],
        digest=rule_set.digest.hex(),
        made_of=rule_set.made_of,
    )


@reading_page
def page(request: HttpRequest, language: str, code: str) -> HttpResponse:
    """One list with its rows, now or at the end of ``?as_of=2026-03-01``."""
    known = LISTS.get(code)
    if known is None:
        raise Http404
    text = request.GET.get("as_of", "")
    as_of = former_day(text) if known.is_edited else None
    rows = rows_of(known, as_of)
    present = summary_of(known, rows_of(known) if as_of else rows)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    address = reverse("list-export", args=[code, "csv"])
    return answer(
        request,
        "methodology/list.html",
        language,
        misread=[] if as_of or not text else [unknown_value("as_of", text)],
        list=known,
        summary=summary_of(known, rows, as_of) if as_of else present,
        as_of=as_of,
        days=present.days[:MAX_DAYS],
        rules=_rules(known),
        rows=[_shown(known, row) for row in shown.object_list],
        pages=shown,
        csv=f"{address}?as_of={as_of}" if as_of else address,
    )


def _rules(known: ReferenceList) -> list[tuple[str, str]]:
    """Return codes and titles of the rules that read a list; none of a list that all rules on processes may read."""
    codes = () if known.is_of_words else known.readers
    return [(code, RULES[code].text(variety_in_force()).title) for code in codes]


def lists_in_words(rule: Rule) -> list[tuple[str, str]]:
    """Return codes and names of the lists that a rule reads."""
    return [(code, str(LISTS[code].name)) for code in lists_of(rule)]


def moved_since(rule: Rule, since: datetime) -> list[MovedRow]:
    """Return the rows of the lists that a rule reads that people added or edited after a moment."""
    return [
        MovedRow(known, _shown(known, row), is_new=bool(row.recorded and row.recorded > since))
        for known, row in moved_rows(rule, since)
    ]


def listed_in(rule: Rule, texts: Iterable[str], day: date) -> Iterator[Listed]:
    """
    Yield the organizations and public lists that a flag names, of the lists that its rule rests on.

    :param texts: the values of its sentence, and the notes of its evidence: "Huawei: Huawei do Brasil (98)"
    :param day: when it was raised
    """
    named = {name for text in texts for name in _names_in(text)}
    for known in (LISTS[code] for code in rule.lists):
        if known.key[0] != "name":
            continue
        present = {row.id for row in rows_of(known)}
        for row in rows_of(known, day):
            if row.values["name"] in named:
                yield Listed(row.id, row.values["name"], known, row.id in present)


def _names_in(text: str) -> Iterator[str]:
    """Yield what a text of a flag may name: all of it, its parts, and of each what stands before a sign."""
    for part in (text, *text.split(", ")):
        yield from (part, part.partition(": ")[0], part.rpartition(" (")[0])


def _shown(known: ReferenceList, row: ListRow) -> ShownRow:
    title = [_text(name, row.values[name]) for name in known.title]
    return ShownRow(
        row.id,
        " · ".join(filter(None, title)),
        row.enabled,
        tuple(_cells(row.values, set(known.title))),
        row.recorded,
        tuple(
            ShownChange(
                change.at,
                str(COLUMNS[change.column].label),
                _text(change.column, change.before),
                _text(change.column, change.after),
            )
            for change in row.changes
        ),
    )


def _cells(values: Mapping[str, Any], left_out: set[str]) -> Iterator[ShownCell]:
    for name, value in values.items():
        text = "" if name in left_out else _text(name, value)
        if text:
            lists = value if name == "listings" else ()
            links = tuple((listing, id_of(LISTS[PUBLIC_LISTS], {"name": listing})) for listing in lists)
            yield ShownCell(str(COLUMNS[name].label), text, links)


def _text(name: str, value: Any) -> str:
    """Return a value as the reader reads it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "; ".join(value)
    if not value:
        return ""
    if name in _DAYS:
        return date_format(date.fromisoformat(value))
    if name == "country":
        return country_in_words(value)
    return _(value) if name in _TRANSLATED else str(value)
