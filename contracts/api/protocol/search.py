"""Words that a list is searched for."""

from typing import Any

import django_filters
from django.db import models
from django.utils.translation import gettext as _

from contracts.api.protocol.problems import parameter_problem
from contracts.postgres.search import MAX_WORDS, with_words


class SearchFilter(django_filters.CharFilter):
    """Words of a row, or of what it refers to; see `with_words`."""

    kind, lookup = "text", "words"

    def __init__(self, *paths: str, **options: Any) -> None:
        text = "Words; case, accents and endings do not matter, and a word of four letters finds longer ones."
        super().__init__(max_length=200, help_text=text, **options)
        self.paths = paths or ("",)

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        """Return the rows that hold every word; raises ProblemError if there are too many."""
        if not value:
            return queryset
        if len(value.split()) > MAX_WORDS:
            detail = _("q has more than %(limit)d words.") % {"limit": MAX_WORDS}
            raise parameter_problem("q", "invalid_parameter", detail)
        return with_words(queryset, value, *self.paths)
