"""
The lists that rules look things up in, as anyone may read them: what one row is, its columns, and who reads it.

People edit some lists here: rows of the database, with a history. The others come with the program, as files of
``fixtures/reference``. Notes of editors, and who edits, are no columns of a list that is edited here.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import Struct, field
from msgspec.structs import replace

from audits.judging.rule.vocabulary import Rule, Subject
from audits.matching.reference.data import FINANCIERS, LEXICON, SECURITY_BODIES, VENDORS
from audits.models import ReferenceVersion
from audits.reference.legal_limits import LEGAL_TERMS, THRESHOLDS
from audits.reference.list_history import Change, States, is_switched_on, states_of
from audits.rules import RULES
from contracts.ocds.fixture_tables import fixture_rows

PUBLIC_LISTS = "public_lists"
SUBMISSION_DAYS = "submission_days"
# What every rule on processes may read.
_OF_WORDS = (LEXICON, "words", "word_lists", "classes")
_ORGANIZATION = (
    *("name", "aliases", "short_names", "ambiguous_names", "context", "identifiers", "country", "kind", "listings"),
    *("listed_on", "parent", "source"),
)
_IN_FORCE = ("valid_from", "valid_to", "source")
# Columns of files with several values in a cell, and those that are yes or no.
_SEVERAL = frozenset({"names", "codes", "kinds", "schemes"})
_YES_OR_NO = frozenset({"implied", "verified"})
# `url` is the address of a row of the API.
_IN_FILE = {"source_url": "url"}
_ID_LETTERS = 12
_DAY_LENGTH = len("2024-03-01")


class ReferenceList(Struct, frozen=True):
    """
    A list. ``key`` are the columns that tell a row from others, of which ``title`` name it for people.

    ``name`` and ``row``, what one row is, are in the reader's language. ``is_edited``: its rows are in the database.
    """

    code: str
    name: Any
    row: Any
    columns: tuple[str, ...]
    key: tuple[str, ...]
    title: tuple[str, ...]
    is_edited: bool = False

    @property
    def is_of_words(self) -> bool:
        """Whether every rule on processes may read it."""
        return self.code in _OF_WORDS

    @property
    def readers(self) -> tuple[str, ...]:
        """The codes of the rules that read it."""
        return tuple(code for code, rule in RULES.items() if self.code in lists_of(rule))


class ListRow(Struct, frozen=True):
    """
    A row. ``id`` is made of its key: it stays the same over edits of other columns, and on other installations.

    ``recorded`` and ``changed`` are when it came onto the list here and was changed last, ``changes`` what edits
    changed, the latest first; of a list that is not edited here they are ``None`` and empty.
    """

    id: str
    enabled: bool
    values: Mapping[str, Any]
    recorded: datetime | None = None
    changed: datetime | None = None
    changes: tuple[Change, ...] = ()


class Summary(Struct, frozen=True):
    """What a list holds: its numbers of rows, when a row changed last, its SHA-256 in hex, and whether it is on."""

    list: ReferenceList
    rows: int
    enabled: int
    changed: datetime | None
    digest: str
    is_on: bool
    # The days (UTC) on which it changed, the latest first.
    days: tuple[date, ...] = field(default=())


LISTS = {
    found.code: found
    for found in (
        ReferenceList(
            PUBLIC_LISTS,
            _("Public lists"),
            _("a public list that names vendors, its authority and its legal effect"),
            ("name", "authority", "effect", "source"),
            ("name",),
            ("name",),
            is_edited=True,
        ),
        *(
            ReferenceList(code, name, row, _ORGANIZATION, ("name", "country"), ("name",), is_edited=True)
            for code, name, row in (
                (
                    VENDORS,
                    _("Vendors and makers"),
                    _("a vendor or maker, its names, and the public lists that name it"),
                ),
                (FINANCIERS, _("Financiers"), _("a bank, donor or other body that finances purchases, and its names")),
                (
                    SECURITY_BODIES,
                    _("Security bodies"),
                    _("a police force, army or other security body, and its names"),
                ),
            )
        ),
        ReferenceList(
            "laws",
            _("Procurement laws"),
            _("a law, its names, and its days in force"),
            ("country", "law", "names", "implied", *_IN_FORCE, "note"),
            ("country", "law"),
            ("country", "law"),
        ),
        ReferenceList(
            "grounds",
            _("Grounds for direct awards"),
            _("an article or item of a law that allows a purchase without competition"),
            ("country", "law", "article", "item", "codes", "kinds", "title", *_IN_FORCE, "verified", "note"),
            ("country", "law", "article", "item", "codes", "valid_from"),
            ("country", "law", "article", "item"),
        ),
        ReferenceList(
            THRESHOLDS,
            _("Legal limits"),
            _("the limit of a procurement method in a country, an amount"),
            (
                *("country", "kind", "method", "procedure", "category", "currency", "amount"),
                *(*_IN_FORCE, "source_url", "note"),
            ),
            ("country", "kind", "method", "procedure", "category", "currency", "valid_from"),
            ("country", "procedure", "method", "currency", "amount"),
        ),
        ReferenceList(
            SUBMISSION_DAYS,
            _("Days to bid"),
            _("the days to bid that a law requires in a procedure"),
            ("country", "procedure", "category", "days", "cut_to", "count", *_IN_FORCE, "source_url", "note"),
            ("country", "procedure", "category", "valid_from"),
            ("country", "procedure"),
        ),
        ReferenceList(
            "clauses",
            _("Clauses of contracts"),
            _("a wording of a clause that rules look for, and whom it favours"),
            ("rule", "clause", "favours", "language", "pattern", "unless", "source", "note"),
            ("rule", "clause", "favours", "language", "pattern", "unless"),
            ("rule", "clause", "language"),
        ),
        ReferenceList(
            "jurisdictions",
            _("Jurisdictions"),
            _("a place, a centre of arbitration or an adjective of a country, as contracts name its law and courts"),
            ("name", "kind", "country"),
            ("name", "kind"),
            ("name", "country"),
        ),
        ReferenceList(
            LEXICON,
            _("Lexicon"),
            _("a term of a concept, in a language"),
            ("concept", "language", "term", "strength", "source"),
            ("concept", "language", "term"),
            ("concept", "term"),
            is_edited=True,
        ),
        ReferenceList(
            "words",
            _("Words"),
            _("a word of a list of words"),
            ("list", "word", "source", "note"),
            ("list", "word"),
            ("list", "word"),
        ),
        ReferenceList(
            "word_lists",
            _("Lists of words"),
            _("a list of words, and what one of its words is"),
            ("list", "one_word_is"),
            ("list",),
            ("list",),
        ),
        ReferenceList(
            "classes",
            _("Classes of goods"),
            _("a class of goods or services in a classification, and its sector"),
            ("schemes", "code", "sector", "title", "source"),
            ("schemes", "code"),
            ("schemes", "code"),
        ),
    )
}


def lists_of(rule: Rule) -> tuple[str, ...]:
    """Return the codes of the lists that a rule reads, those that its question rests on first."""
    limits = tuple(
        code for code, name in ((THRESHOLDS, THRESHOLDS), (SUBMISSION_DAYS, LEGAL_TERMS)) if name in rule.parameters
    )
    return (*rule.lists, *limits, *(_OF_WORDS if rule.subject is Subject.PROCESS else ()))


def rows_of(known: ReferenceList, as_of: date | None = None) -> list[ListRow]:
    """
    Return the rows of a list, also those that are switched off, in the order of their keys.

    :param as_of: the day (UTC) at whose end the rows are read; only lists that are edited here know former days
    :raises ValueError: for a former day of another list
    """
    if known.is_edited:
        return _at_the_end(known, states_of(known.code, known.columns), as_of)
    if as_of:
        raise ValueError(f"{known.code} comes with the program: it has no history here")
    return _shipped(known.code)


def moved_rows(rule: Rule, since: datetime) -> Iterator[tuple[ReferenceList, ListRow]]:
    """
    Yield the rows of the lists that a rule reads that came onto them, or were edited, after a moment.

    ``changes`` are only those after it. Lists that come with the program know no days, and are left out.
    """
    for known in (LISTS[code] for code in lists_of(rule)):
        for row in rows_of(known) if known.is_edited else ():
            changes = tuple(change for change in row.changes if change.at > since)
            if changes or (row.recorded and row.recorded > since):
                yield known, replace(row, changes=changes)


def id_of(known: ReferenceList, values: Mapping[str, Any]) -> str:
    """Return the id of a row, given the columns of its key."""
    return hashlib.sha256(_json([values[name] for name in known.key]).encode()).hexdigest()[:_ID_LETTERS]


def former_day(text: str) -> date | None:
    """Return the day that a text names, ``2026-03-01``; ``None`` if it names none, or one that is still to come."""
    try:
        day = date.fromisoformat(text) if len(text) == _DAY_LENGTH else None
    except ValueError:
        return None
    return day if day and day <= datetime.now(UTC).date() else None


def digest_of(rows: Iterable[ListRow]) -> str:
    """
    Return the SHA-256 of rows in hex, which anyone can compute from the API.

    That is of the JSON of the rows, without spaces, in the order of their ids: of each the id, whether it is enabled,
    and the columns of the list, in alphabetical order.
    """
    written = [{"id": row.id, "enabled": row.enabled, **row.values} for row in sorted(rows, key=lambda row: row.id)]
    return hashlib.sha256(_json(written).encode()).hexdigest()


def summaries() -> list[Summary]:
    """Return what all lists hold now."""
    return _summaries(str(ReferenceVersion.objects.values_list("version", flat=True).get()))


@lru_cache(maxsize=1)
def _summaries(_version: str) -> list[Summary]:
    """Compute what all lists hold, once for each version of the rows."""
    return [summary_of(known, rows_of(known)) for known in LISTS.values()]


def summary_of(known: ReferenceList, rows: list[ListRow], as_of: date | None = None) -> Summary:
    """Return what a list holds, given its rows."""
    moments = {row.recorded for row in rows} | {change.at for row in rows for change in row.changes}
    told = [moment for moment in moments if moment]
    return Summary(
        known,
        len(rows),
        sum(row.enabled for row in rows),
        max(told, default=None),
        digest_of(rows),
        is_switched_on(known.code, _end_of(as_of)),
        tuple(sorted({moment.astimezone(UTC).date() for moment in told}, reverse=True)),
    )


def _at_the_end(known: ReferenceList, states: States, as_of: date | None) -> list[ListRow]:
    """Return the rows whose last state until then is on this list."""
    end, rows = _end_of(as_of), []
    for all_states in states.values():
        seen = [state for state in all_states if end is None or state.at < end]
        if not seen or seen[-1].of != known.code or (end is None and not seen[-1].is_present):
            continue
        pairs = list(pairwise(seen))
        changes = tuple(change for before, after in reversed(pairs) for change in after.changes_since(before))
        last = seen[-1]
        rows.append(
            ListRow(
                id_of(known, last.values),
                last.values["enabled"],
                {name: last.values[name] for name in known.columns},
                seen[0].at,
                changes[0].at if changes else seen[0].at,
                changes,
            )
        )
    return _in_order(known, rows)


def _end_of(day: date | None) -> datetime | None:
    """Return the first moment after a day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time.min, UTC) if day else None


@cache
def _shipped(code: str) -> list[ListRow]:
    """Return the rows of a file, in order."""
    known, rows = LISTS[code], []
    for cells in fixture_rows(f"reference/{code}"):
        values = {name: _cell(name, cells[_IN_FILE.get(name, name)].strip()) for name in known.columns}
        rows.append(ListRow(id_of(known, values), cells.get("enabled", "yes") == "yes", values))
    return _in_order(known, rows)


def _cell(name: str, text: str) -> Any:
    if name in _SEVERAL:
        return [part.strip() for part in text.split(";") if part.strip()]
    return text == "yes" if name in _YES_OR_NO else text


def _in_order(known: ReferenceList, rows: list[ListRow]) -> list[ListRow]:
    return sorted(rows, key=lambda row: [_json(row.values[name]).casefold() for name in known.key])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
