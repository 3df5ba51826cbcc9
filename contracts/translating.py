"""Codes and values → texts in the reader's language."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language, get_supported_language_variant, gettext, gettext_noop, ngettext

from contracts.files.bundles import PLACE
from contracts.intake.duplicates.same_contracts import Agreement, Same
from contracts.ocds.messages import CORRECTIONS, DETAILS, FILE_KINDS, FOUND, HINTS
from contracts.ocds.pointers import unescape
from contracts.ocds.portuguese import PORTUGAL, in_portugal
from contracts.ocds.problems import Problem
from contracts.tables.sheets.rows import page_of

AGREEMENTS: Mapping[Agreement, str] = {
    Agreement.OCID: gettext_noop(
        "This contract is already on record: what you send is added to it and does not become a second one."
    ),
    Agreement.NUMBER: gettext_noop("A contract with this number and buyer is already on record."),
    Agreement.FACTS: gettext_noop("A contract with the same buyer, supplier, value and date is already on record."),
    Agreement.FACTS_WITHOUT_DATE: gettext_noop(
        "A contract with the same buyer, supplier and value is already on record; one of the two has no date."
    ),
    Agreement.OTHER_AMOUNT: gettext_noop(
        "A contract with the same buyer, supplier and date is already on record, with another value or none."
    ),
}
# Problems of tables: their pointer is sheet, row and header, their line the row.
_OF_SHEETS = frozenset({"amounts_scaled", "hidden", "number_of_whom", "sheet_left_out", "table_not_recognised"})
_OF_CELLS = frozenset({"amount_range", "cell_unread", "days_counted", "number_doubtful", "number_format"})
OF_ROWS = _OF_CELLS | {
    "buyer_above",
    "encoded_twice",
    "entities",
    "row_broken",
    "row_incomplete",
    "row_merged",
    "row_repeated",
}
# A file of a bundle: its number, and its path if that may be shown.
_MEMBER = re.compile(rf"{PLACE}(\d+)(?:/(.*))?\Z", re.DOTALL)
# The byte at which reading stopped says nothing of what is wrong.
_OF_ALL = frozenset({"body_too_large", "unpacked_too_large"})
# What is written in languages without a region: pages of rules, sentences, words of codes.
WRITTEN = tuple(dict.fromkeys(code.partition("-")[0] for code, _name in settings.LANGUAGES))
# From this many megabytes on, sizes are rounded.
_ROUND_FROM = 10


def language_in_force() -> str:
    """Return the language of the reader, one of ``settings.LANGUAGES`` without its region; English by default."""
    language = (get_language() or "en").partition("-")[0]
    return language if language in WRITTEN else "en"


def variety_in_force() -> str:
    """Return the language of the reader as ``language_in_force``, but ``pt-pt`` to readers of Portugal."""
    return PORTUGAL if get_language() == PORTUGAL else language_in_force()


def as_spoken(text: str) -> str:
    """Return a text of ours that is written in the reader's language with the words of the reader's country."""
    return in_portugal(text) if get_language() == PORTUGAL else text


def language_asked(asked: object) -> str:
    """Return the one of ``settings.LANGUAGES`` a code names in any case, ``""`` if none does: ``pt`` is Brazil's."""
    try:
        return get_supported_language_variant(asked.lower()) if isinstance(asked, str) else ""
    except LookupError:
        return ""


def problem_detail(problem: Problem) -> str:
    """Return what was found; the text itself where an earlier version stored nothing else."""
    template = DETAILS.get(problem.code, {}).get(problem.variant)
    if template is None:
        return str(problem.values.get("text", problem.code))
    # A row that another version stored may lack a value.
    return gettext(template) % defaultdict(lambda: "…", _words(problem.values))


# For these the detail says what to do; a list of everything that can be sent would bury it.
SAY_WHAT_TO_DO = frozenset(
    {
        "archive",
        "chat",
        "damaged",
        "encrypted",
        "mail",
        "page",
        "people",
        "picture",
        "ratio",
        "text",
        "unknown",
        "writing",
        "xml",
    }
)


# A row that is not certain because it is printed; its detail says what to do.
_OF_PRINT = frozenset({"page", "unclear"})


def problem_hint(problem: Problem) -> str:
    """Return how to fix a problem, ``""`` if there is no hint for its code, or if its detail says it."""
    if problem.code == "file_refused" and problem.variant in SAY_WHAT_TO_DO:
        return ""
    if problem.code == "row_broken" and problem.variant in _OF_PRINT:
        return ""
    hint = HINTS.get(problem.code)
    return gettext(hint) if hint else ""  # the empty text names the head of the catalog


def problem_as_json(problem: Problem, file: str = "") -> dict[str, Any]:
    """
    Return a problem as JSON, in the same shape for API, form, admin and commands.

    :param file: its name, if several were sent or read
    :returns: ``file``, ``where`` in it, ``detail`` (why) and ``hint`` (how to fix it) for people; ``code``,
        ``variant``, ``values``, ``pointer``, ``line`` (of a table the row), ``offset`` if it is known, and ``warning``
        for programs
    """
    return {
        "file": file,
        "where": problem_place(problem),
        "detail": problem_detail(problem),
        "hint": problem_hint(problem),
        "code": problem.code,
        "variant": problem.variant,
        "values": problem.values,
        "pointer": problem.pointer,
        "line": problem.line,
        **({} if problem.offset is None else {"offset": problem.offset}),
        "warning": problem.is_warning,
    }


def same_as_json(same: Same) -> dict[str, Any]:
    """
    Return a contract that is on record already, as JSON for its sender.

    :returns: ``ocid`` and ``contract_id`` as they were sent, ``agrees`` for programs and ``detail`` for people,
        ``known_ocid`` and ``known_contract_id`` of the record, and ``is_public``: whether it can be looked at
    """
    return {
        "ocid": same.sent.ocid,
        "contract_id": same.sent.contract_id,
        "agrees": same.agreement.value,
        "detail": gettext(AGREEMENTS[same.agreement]),
        "known_ocid": same.known.ocid,
        "known_contract_id": same.known.contract_id,
        "is_public": same.known.is_public,
    }


def problem_line(problem: Problem, file: str = "") -> str:
    """Return a problem as one line: file, place, what was found, how to fix it."""
    rendered = problem_as_json(problem, file)
    place = ": ".join(filter(None, (rendered["file"], rendered["where"])))
    text = f"{rendered['detail']} {rendered['hint']}".strip()
    return f"{place}: {text}" if place else text


def problem_place(problem: Problem) -> str:
    """Return where a problem stands, in words: pages, a row and column, a member; empty for the whole of a file."""
    if found := _MEMBER.match(problem.pointer):
        return member_in_words(int(found[1]), unescape(found[2]) if found[2] else None)
    pages = problem.values.get("pages")
    if isinstance(pages, list):
        return _pages_in_words(pages)
    if problem.code in OF_ROWS:
        return place_in_table(problem.pointer, problem.line, is_cell=problem.code in _OF_CELLS)
    if problem.code in _OF_SHEETS and problem.pointer:
        return sheet_in_words(unescape(problem.pointer.removeprefix("/")))
    if problem.code in _OF_ALL:
        return ""
    line = gettext("line %(number)s") % {"number": problem.line} if problem.line > 1 else ""
    byte = gettext("byte %(number)s") % {"number": problem.offset} if problem.offset is not None else ""
    return ", ".join(filter(None, (line, problem.pointer, byte)))


def member_in_words(number: int, path: str | None) -> str:
    """Return which file of a bundle it is; a path that ends with a slash is that of the text of an e-mail."""
    words = gettext("file %(number)s") % {"number": number}
    if path is None:
        return words
    return f"{words}, {path}{gettext('text of the e-mail')}" if path[-1:] in {"", "/"} else f"{words}, {path}"


def place_in_table(pointer: str, number: int, *, is_cell: bool = False) -> str:
    """
    Return in words where a row of a table stands, and the header of its cell if the pointer tells one.

    :param is_cell: whether a pointer of two parts tells a row and its cell, not a sheet and its row
    """
    parts = list(map(unescape, pointer.split("/")[1:]))
    row = str(number)
    # A sheet for each month is called by a number, as a row is.
    numbered = [place for place, part in enumerate(parts[:2]) if part == row] or [-1]
    at = numbered[0] if is_cell and len(parts) == 2 else numbered[-1]
    words = [gettext("row %(number)s") % {"number": row}]
    if at > 0:
        words.insert(0, sheet_in_words(parts[0]))
    column = parts[at + 1 :] if at >= 0 else []
    return ", ".join([*words, *column])


def sheet_in_words(name: str) -> str:
    """Return what a sheet is called; those of a PDF are its pages."""
    page = page_of(name)
    return _pages_in_words([page]) if page else gettext("sheet %(name)s") % {"name": name}


def _pages_in_words(pages: Sequence[object]) -> str:
    return ngettext("page %(numbers)s", "pages %(numbers)s", len(pages)) % {"numbers": ", ".join(map(str, pages))}


def correction_detail(code: str) -> str:
    """Return a correction in words; its code if that is no longer known."""
    text = CORRECTIONS.get(code)
    return gettext(text) if text else code


def limit_in_words(limit: int) -> str:
    """Return a limit in bytes as people remember it: whole megabytes, rounded down, where there are some."""
    megabytes = limit // 1024**2
    return f"{megabytes} MB" if megabytes >= _ROUND_FROM else filesizeformat(limit)


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a problem with words in place of codes: kinds of JSON values, messages of the parser."""
    words = {name: ", ".join(map(repr, value)) if isinstance(value, list) else value for name, value in values.items()}
    if isinstance(limit := values.get("limit"), int):
        words["size"] = limit_in_words(limit)  # where it is one of bytes
    if "found" in values:
        words["found"] = gettext(FOUND[values["found"]]) % values
    if values.get("kind") in FILE_KINDS:
        words["kind"] = gettext(FILE_KINDS[values["kind"]])
    if "message" in values:
        words["message"] = gettext(values["message"])
    return words
