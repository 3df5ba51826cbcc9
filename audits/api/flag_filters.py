"""Filters of flags."""

from typing import Any

import django_filters
from django.db import models

from audits.api.flag_rows import REVIEWED
from audits.api.flagged import EvidenceSearch
from audits.api.sectors import SectorFilter
from audits.judging.rule.vocabulary import Subject
from audits.models import Flag, Review
from audits.models.flag_queryset import FlagQuerySet, may_see_all
from audits.rules import RULES
from contracts.api.protocol.filters import (
    ORGANIZATION,
    OrganizationFilter,
    OrganizationInArrayFilter,
    PublisherFilter,
    at_least,
    at_most,
    country,
    currency,
    from_day,
    since_day,
    to_day,
    until_day,
)
from contracts.api.protocol.one_of import OneOf, choice
from contracts.api.protocol.search import SearchFilter, SearchFilterSet


class FlaggedSupplierFilter(OrganizationInArrayFilter):
    """A supplier of a process, whom its flags are about."""

    def among(self, queryset: models.QuerySet, keys: list[int]) -> models.QuerySet:
        flags: FlagQuerySet = queryset  # type: ignore[assignment]
        return flags.of_supplier(keys)


class FlagFilter(SearchFilterSet):
    rule = choice(RULES, "rule", help_text="Code of the rule.")
    severity = choice(Flag.SeverityChoice.values, "severity", help_text="Severity.")
    state = choice(Flag.State.values, "state", help_text="State; the public sees what persons confirmed.")
    decision = choice(
        Review.Decision.values, "decision", help_text="The last one; a confirmed flag keeps it when its state changes."
    )
    reviewed = django_filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")], method="filter_reviewed", help_text="true or false"
    )
    subject = django_filters.ChoiceFilter(
        choices=[(subject.value, subject.value) for subject in Subject],
        method="filter_subject",
        help_text="process or organization",
    )
    ocid = OneOf("process__ocid", help_text="Of the contracting process.")
    organization = OrganizationFilter(
        "organization", help_text="Id or key of the organization that the question is about."
    )
    country = country()
    buyer = OrganizationFilter("process__buyer")
    procuring_entity = OrganizationFilter("process__procuring_entity")
    supplier = FlaggedSupplierFilter(
        "process__suppliers",
        help_text=f"{ORGANIZATION} What cites awards, contracts or names of other suppliers alone is left out.",
    )
    publisher = PublisherFilter("process__publisher")
    method = OneOf(
        "process__procurement_method", help_text="open, selective, limited, direct, or as the record has it."
    )
    category = OneOf("process__category", help_text="goods, works, services, or as the record has it.")
    currency = currency("process__currency")
    amount__gte = at_least("process__amount")
    amount__lte = at_most("process__amount")
    award_date__gte = from_day("process__awarded_on")
    award_date__lte = to_day("process__awarded_on")
    date_signed__gte = from_day("process__signed_on")
    date_signed__lte = to_day("process__signed_on")
    sector = SectorFilter("process")
    raised__gte = since_day("raised_at")
    raised__lte = until_day("raised_at")
    changed__gte = since_day("changed_at")
    changed__lte = until_day("changed_at")
    q = SearchFilter("process", "organization")
    q__title = SearchFilter("process", part="title")
    q__buyer = SearchFilter("process", part="buyer")
    q__supplier = SearchFilter("process", part="supplier")
    q__evidence = EvidenceSearch()

    def visible(self, path: str) -> models.QuerySet:
        if path and may_see_all(self.reader):  # of claims too
            related: Any = Flag._meta.get_field(path).related_model
            everything: models.QuerySet = related.objects.all()
            return everything
        return super().visible(path)

    def filter_subject(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        return queryset.filter(organization__isnull=value == Subject.PROCESS)

    def filter_reviewed(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        # The others by their names: an index knows these, and not what something is not.
        others = [state for state in Flag.State.values if state not in REVIEWED]
        return queryset.filter(state__in=REVIEWED if value == "true" else others)
