"""Filters by the rule, state and passages of flags that the reader may see."""

from typing import Any

from django import forms
from django.db import models

from audits.api.confirmed import shown_evidence
from audits.models import Flag
from audits.models.flag import passages, place_of_passages
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from audits.rules import RULES
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.query.search import WordsFilter
from contracts.postgres.search import MAX_KEYS, holds_all, holds_any, with_words
from contracts.postgres.search_terms import Terms, read_terms

# Parameter name → column of the flag.
_PARTS = {"rule": "rule", "flag_state": "state"}
_EVIDENCE = "q.evidence"
_SHOWN = shown_evidence()
# The displayed passages of a flag as one text.
PASSAGES = passages(_SHOWN)


def by_passages(flags: models.QuerySet[Flag], text: str, visible: models.QuerySet[Flag]) -> models.QuerySet[Flag]:
    """Return the visible flags whose displayed evidence contains the words of a text."""
    terms = read_terms(text)
    shown = place_of_passages(_SHOWN)
    # The index holds present evidence, which some flags do not display: excluding words by it would reveal hidden
    # passages.
    present = with_words(Flag.objects.all(), text, "", keep_unwanted=True, visible={"": visible})
    likely = (present, Flag.objects.filter(CHANGED_SINCE_CONFIRMED))
    keys = [key for rows in likely for key in rows.order_by().values_list("pk", flat=True)[: MAX_KEYS + 1]]
    found = (flags.filter(pk__any_of=keys) if len(keys) <= MAX_KEYS else flags).filter(holds_all(shown, terms))
    return found.exclude(holds_any(shown, terms.unwanted)) if terms.unwanted else found


class EvidenceSearch(WordsFilter):
    """Flags whose evidence holds words."""

    def __init__(self) -> None:
        super().__init__(help_text="Words in the passages that flags cite; syntax as in `q`.")

    def found(self, queryset: models.QuerySet, text: str, _terms: Terms) -> models.QuerySet:
        return by_passages(queryset, text, self.parent.visible(""))


def _flagged(filters: Any, queryset: models.QuerySet, field_name: str) -> models.QuerySet:
    """Return the rows whose process has a single flag that meets all filters on flags."""
    given = filters.form.cleaned_data
    condition = models.Q(process__isnull=False)
    for name, column in _PARTS.items():
        if given.get(name):
            condition &= models.Q(**{f"{column}__in": given[name]})
    visible = Flag.objects.visible_to(filters.reader)
    flags: models.QuerySet[Flag] = visible.filter(condition)
    if given.get(_EVIDENCE):
        flags = by_passages(flags, given[_EVIDENCE], visible)
    return queryset.filter(**{f"{field_name}__in": flags.values("process")})


class FlaggedAs(OneOf):
    """One of `rule` and `flag_state`; where several parameters ask of flags, one flag must be all of it."""

    def __init__(self, field_name: str, *, values: Any, help_text: str) -> None:
        known = forms.ChoiceField(choices=[(value, value) for value in values])
        super().__init__(field_name, one=known, help_text=help_text)

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        return _flagged(self.parent, queryset, str(self.field_name)) if value else queryset

    def unjudged(self, _value: list[str]) -> None:
        return None


class FlaggedPassages(WordsFilter):
    """Rows whose process has a flag that rests on passages with words; `path` leads to the process's key."""

    def __init__(self, path: str) -> None:
        super().__init__(
            help_text="Words in the passages cited by flags of the process that you may see; syntax as in `q`."
        )
        self.path = path

    def found(self, queryset: models.QuerySet, _text: str, _terms: Terms) -> models.QuerySet:
        return _flagged(self.parent, queryset, self.path)


def by_rule(field_name: str) -> FlaggedAs:
    text = f"Whose process has a flag of this rule that you may see: {', '.join(RULES)}."
    return FlaggedAs(field_name, values=list(RULES), help_text=text)


def by_flag_state(field_name: str) -> FlaggedAs:
    text = f"Whose process has a flag in this state that you may see: {', '.join(Flag.State.values)}."
    return FlaggedAs(field_name, values=Flag.State.values, help_text=text)
