"""Facets of a search: number of results by country, technology, method, year and rule."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, F, When
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _

from audits.models import Audit, Flag
from audits.pages.figures.spending import method_name
from audits.pages.labels import rule_name
from audits.pages.technologies import SLUGS, technology_name
from contracts.models.stages import DATED
from contracts.ocds.codelists.countries import country_name

SHOWN_VALUES = 12  # per facet
# Maximum number of rows counted; above it, "more than" is shown.
MAX_COUNTED = 5_000

# Value, label, number of rows.
Counted = tuple[str, str, int]


class Matched(NamedTuple):
    """What facets need of a row: key and country; key, method and year of its process, if any."""

    pk: int
    country: str
    process: int = 0
    method: str = ""
    year: int | None = None


def read_matched(found: models.QuerySet, process: str, *, has_process: bool) -> list[Matched]:
    """
    Read the rows of a search once, for all facets: at most one more than ``MAX_COUNTED``.

    :param process: leads from a row to columns of its process
    """
    columns: list[Any] = ["pk", f"{process}country"]
    if has_process:
        day = Case(When(date_basis__in=DATED, then=F("date"))) if process else F("date")
        columns += [f"{process}pk", f"{process}procurement_method", ExtractYear(day)]
    rows = found.order_by().values_list(*columns)[: MAX_COUNTED + 1]
    return [Matched(*row) for row in rows]


def count_facets(
    matched: Sequence[Matched], language: str, process: str, *, has_process: bool
) -> Iterator[tuple[str, Any, list[Counted]]]:
    """Yield each facet as its parameter, its label and its values, the most frequent first; years the latest first."""
    yield (
        "country",
        _("Country"),
        _counted((row.country for row in matched), lambda code: country_name(code, language)),
    )
    if not has_process:
        return
    of_process = Counter(row.process for row in matched)
    keys = list(of_process)
    sectors = _rows_by(_sectors(keys), of_process)
    yield "sector", _("Technology"), [(s, technology_name(s), n) for s, n in sectors if s in SLUGS]
    yield "method", _("Method"), _counted((row.method for row in matched), method_name)
    years = _counted((row.year for row in matched), str)
    label = _("Year") if process else _("Year of the latest release")
    yield "year", label, sorted(((str(year), text, n) for year, text, n in years), reverse=True)
    flags = Flag.objects.public().filter(decision=Flag.State.CONFIRMED, process__any_of=keys).order_by()
    by_rule = _rows_by(flags.values_list("rule", "process").distinct(), of_process)
    yield "rule", _("Confirmed question"), [(rule, rule_name(rule), n) for rule, n in by_rule]


def _counted(values: Iterator[Any], write: Callable[[Any], str]) -> list[tuple[Any, str, int]]:
    found = Counter(filter(None, values))
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return [(value, write(value), number) for value, number in ordered[:SHOWN_VALUES]]


def _sectors(keys: list[int]) -> models.QuerySet:
    each = models.Func("sectors", function="jsonb_array_elements_text", output_field=models.TextField())
    return Audit.objects.filter(is_current=True, process__any_of=keys).order_by().values_list(each, "process")


def _rows_by(pairs: Iterable[tuple[str, int]], of_process: Counter[int]) -> list[tuple[str, int]]:
    """Return the number of rows per value, from pairs of value and process: a process may have several rows."""
    found: Counter[str] = Counter()
    for value, process in pairs:
        found[value] += of_process[process]
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
