"""The form on which a sender says what the columns of a table hold: a field for each column, and a dry run."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows
from contracts.ocds.problems import Problem, RefusedError
from contracts.pages.written_field import WrittenField
from contracts.tables.headers.given_mapping import FACTS, GivenMapping, read_given
from contracts.tables.headers.names import GIVEN, key
from contracts.tables.headers.recognition import OF_BUYERS
from contracts.tables.preview import TablePreview
from contracts.tables.release_paths import OFFER, OFFERED_BY
from contracts.translating import OF_ROWS, problem_as_json, problem_detail

MAX_PROBLEMS = 50
MAX_PLACES = 20

LABELS = {row["fact"]: _(row["label"]) for row in fixture_rows("wording/facts")}
# Paths into OCDS that general headers lead to; others are shown as they are.
_PATHS = {
    "tender/value/amount": _("Estimated value"),
    "tender/statusDetails": _("State of the process"),
    OFFERED_BY: _("Who made an offer"),
    OFFER: _("Amount offered"),
}
DECIMAL_MARKS = [("", _("not known")), (",", _("a comma: 1.250,50")), (".", _("a point: 1,250.50"))]


class Column(Struct, frozen=True):
    """A column of the page: its field, and what its first cells hold."""

    field: Any
    examples: list[str]


class MappingForm(forms.Form):
    """One choice a column. It is read as a mapping is that comes by the API."""

    country = WrittenField(
        label=_("Country"), max_length=80, required=False, help_text=_("Of all rows that name none.")
    )
    currency = WrittenField(
        label=_("Currency"), max_length=40, required=False, help_text=_("Of all amounts that name none: S/, R$, COP …")
    )
    decimal_mark = forms.ChoiceField(label=_("Before the cents stands"), choices=DECIMAL_MARKS, required=False)

    def __init__(self, data: Any, preview: TablePreview) -> None:
        super().__init__(data)
        self.preview = preview
        self.headers: dict[str, str] = {}
        facts = [*((fact, LABELS[fact]) for fact in FACTS), *_PATHS.items()]
        choices = [("", _("nothing that is asked for")), *facts]
        known: set[str] = set()
        for number, header in enumerate(preview.header):
            if not key(header) or key(header) in known:
                continue
            known.add(key(header))
            name = f"column-{number}"
            self.headers[name] = header
            self.fields[name] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=preview.suggested.get(header, "")
            )

    def columns(self) -> Iterator[Column]:
        for name in self.headers:
            number = int(name.partition("-")[2])
            cells = [row[number] for row in self.preview.rows if row[number]]
            yield Column(self[name], list(dict.fromkeys(cells)))

    def others(self) -> Iterator[Any]:
        """Yield the fields that are of no column."""
        return (field for field in self if field.name not in self.headers)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        columns = {header: cleaned[name] for name, header in self.headers.items() if cleaned.get(name)}
        rest = {name: cleaned.get(name) or "" for name in ("country", "currency", "decimal_mark")}
        try:
            self.given: GivenMapping = read_given({"columns": columns, **rest})
        except RefusedError as refused:
            for problem in refused.problems:
                field = problem.pointer.removeprefix("/")
                self.add_error(field if field in rest else None, problem_detail(problem))
        return cleaned


class Trial(Struct, frozen=True):
    """
    What was read of a file, and what is wrong where; problems as ``problem_as_json`` gives them.

    ``rows`` are those of a table, ``columns`` its headers with what each was taken for, ``unused`` its headers that
    give no fact, ``releases`` those read of an OCDS file, ``names_no_buyer`` whether no column says who bought,
    ``without_currency`` how many rows have an amount whose currency nothing tells, ``without_country`` of how many
    nothing tells the country.
    """

    rows: int
    rows_read: int
    problems: list[dict[str, Any]]
    problem_count: int
    columns: list[tuple[str, str]] = []
    unused: list[str] = []
    releases: int = 0
    names_no_buyer: bool = False
    without_currency: int = 0
    without_country: int = 0


def trial_of(
    sheets: Sequence[Mapping[str, Any]], problems: Sequence[Problem], problem_count: int, **more: Any
) -> Trial:
    """Return what was read of the sheets of a file, and what is wrong with it, in the reader's language."""
    return Trial(
        rows=sum(sheet["rows"] for sheet in sheets),
        rows_read=sum(sheet["rows_read"] for sheet in sheets),
        problems=first_problems(problems),
        problem_count=problem_count,
        columns=columns_of(sheets),
        unused=list(dict.fromkeys(name for sheet in sheets if sheet["rows_read"] for name in sheet["unused"])),
        # Sheets that were read before these were counted have none.
        without_currency=sum(sheet.get("without_currency", 0) for sheet in sheets),
        without_country=sum(sheet.get("without_country", 0) for sheet in sheets),
        **more,
    )


def columns_of(sheets: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return each header of the sheets that were read with what its column was taken for, in the reader's words."""
    pairs = dict.fromkeys(pair for sheet in sheets if sheet["rows_read"] for pair in sheet["columns"].items())
    return [(header, str(LABELS.get(fact) or _PATHS.get(fact, fact))) for header, fact in pairs]


def names_no_buyer(sheets: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no column of a read sheet names the buyer; senders who say what the columns contain are asked for it."""
    return any(
        sheet["rows_read"]
        and sheet["mapping"] != GIVEN
        and not any(
            fact.partition("/")[0] in OF_BUYERS or "procuringEntity" in fact for fact in sheet["columns"].values()
        )
        for sheet in sheets
    )


def first_problems(problems: Sequence[Problem], file: str = "") -> list[dict[str, Any]]:
    """
    Return the first problems, as ``problem_as_json`` gives them, those for which something was left out before doubts;
    what is said alike of several rows is said once, with the places of all.
    """
    told: dict[Any, dict[str, Any]] = {}
    places: dict[Any, list[str]] = {}
    for problem in sorted(problems, key=lambda problem: problem.is_warning):
        rendered = problem_as_json(problem, file)
        said = (rendered["detail"], rendered["hint"], "" if problem.code in OF_ROWS else problem.pointer)
        if said in told or len(told) < MAX_PROBLEMS:
            told.setdefault(said, rendered)
            places.setdefault(said, []).append(rendered["where"])
    for said, found in places.items():
        more = [f"+{len(found) - MAX_PLACES}"] if len(found) > MAX_PLACES else []
        told[said]["where"] = "; ".join(filter(None, [*found[:MAX_PLACES], *more]))
    return list(told.values())
