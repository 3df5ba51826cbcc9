"""The parameters of a search: which are invalid, the API filters they become, and the rows that match."""

import re
from collections.abc import Iterator, Mapping

import django_filters
from django.db import models
from django.http import QueryDict

from audits.models import Flag
from audits.pages.searching.search_kinds import KINDS, OF_FLAGS, Kind
from contracts.api.organizations import OrganizationFilterSet
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.query.parameters import is_blank
from contracts.models import Contract, ContractingProcess, Organization
from contracts.models.process import in_public_process
from contracts.models.stages import DATED
from contracts.pages.misread import field_name, repeated, unknown_value
from contracts.pages.rendering import EVERYONE

_YEAR = re.compile(r"[12][0-9]{3}")
# One without a hyphen could be a word.
_OCID = re.compile(r"\A[^\s\0-]++-[^\s\0]++\Z")
_NUMBERS = {"year": _YEAR, "until": _YEAR, "page": re.compile(r"[0-9]{1,9}")}
# Parameters of the search besides the kind's filters.
OWN = frozenset({"q", "in", "order_by", "rule", *_NUMBERS})


def matching(
    asked: QueryDict, kind: Kind, given: Mapping[str, str] | None = None
) -> tuple[models.QuerySet, list[str]]:
    """
    Return the public rows of a query, and sentences about its invalid values.

    :param given: what `for_filters` returns of it, if that is known
    """
    problems = list(_misread(asked, kind))
    given = for_filters(asked, kind) if given is None else given
    of_record = {name: value for name, value in given.items() if name not in OF_FLAGS}
    filters = kind.filters(of_record, queryset=public_rows(kind))
    if not filters.is_valid():
        return public_rows(kind).none(), [*problems, *values_refused(filters)]
    try:
        found = filters.qs
    except ProblemError as error:
        return public_rows(kind).none(), [*problems, error.text]
    rule = asked.get("rule", "")
    if rule and kind.has_process:
        confirmed = Flag.objects.public().filter(rule=rule, decision=Flag.State.CONFIRMED)
        found = found.filter(**{f"{kind.key}__in": confirmed.values("process")})
    return found, problems


def _misread(asked: QueryDict, kind: Kind) -> Iterator[str]:
    """Yield a sentence about each invalid value: ignoring it would answer another question."""
    yield from repeated(asked, [*OWN, *kind.filters.base_filters])
    for name, known in {"in": KINDS, "order_by": kind.orders}.items():
        value = asked.get(name, "")
        if value and value not in known:
            yield unknown_value(name, value, known)
    for name, form in _NUMBERS.items():
        value = asked.get(name, "")
        if value and not form.fullmatch(value):
            yield unknown_value(name, value)


def values_refused(filters: django_filters.FilterSet) -> Iterator[str]:
    """Yield a sentence about each value that a filter does not accept, with the valid values of a choice."""
    for name, errors in filters.errors.items():
        choices = [value for value, _label in getattr(filters.filters[name].field, "choices", ())]
        yield unknown_value(name, filters.data[name], choices) if choices else f"{field_name(name)}: {errors[0]}"


def public_rows(kind: Kind) -> models.QuerySet:
    """Return the rows that everyone may see."""
    if kind.filters is OrganizationFilterSet:
        return Organization.objects.visible_to(EVERYONE)
    if kind.process:
        return (
            Contract.objects.filter(in_public_process())
            .select_related("process__publisher")
            .defer("process__compiled_release")
        )
    return ContractingProcess.objects.public().select_related("publisher").defer("compiled_release", "corrections")


def for_filters(asked: QueryDict, kind: Kind) -> dict[str, str]:
    """
    Return the parameters for the API filters; years become days, for contracts the days of purchases.

    A search for the ocid of a record becomes the filter by ocid.
    """
    known = {name: str(asked[name]) for name in kind.filters.base_filters if not is_blank(str(asked.get(name, "")))}
    if kind.has_process and "ocid" not in known and is_ocid(known.get("q", "").strip()):
        known["ocid"] = known.pop("q").strip()  # its parts are words that other records hold too
    first, last = asked.get("year", ""), asked.get("until") or asked.get("year", "")
    if not kind.has_process or not last or not all(map(_YEAR.fullmatch, filter(None, (first, last)))):
        return known
    known |= ({"date__gte": f"{first}-01-01"} if first else {}) | {"date__lte": f"{last}-12-31"}
    if kind.process:
        known.setdefault("date_basis", ",".join(DATED))
    return known


def is_ocid(text: str) -> bool:
    """Return whether a text is the ocid of a public record."""
    return bool(_OCID.match(text)) and ContractingProcess.objects.public().filter(ocid=text).exists()


def page_number(asked: Mapping[str, str]) -> int:
    """Return the requested page number; 1 if it is missing or invalid."""
    text = asked.get("page", "")
    return int(text) if _NUMBERS["page"].fullmatch(text) else 1
