"""
Lexicon, watchlists and public lists as rows: edited by people, with history.

They mirror the pure structs of ``audits.matching``, which say what each column means to a rule.
"""

from typing import Any

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.matching.lexicon import expand


def text_list(label: Any, **options: Any) -> ArrayField:
    return ArrayField(models.TextField(), verbose_name=label, default=list, blank=True, **options)


class ReferenceVersion(models.Model):
    """
    A single row, which changes whenever a row of a rule set does. A random name, not a number: a rolled-back change
    must not pass its number on to the next one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.UUIDField()

    def __str__(self) -> str:
        return str(self.version)


def renew_version() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows are part of a rule set, for changes by anybody."""
    return [
        pgtrigger.Trigger(
            name="renew_version",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
            func="""
                INSERT INTO audits_referenceversion (id, version) VALUES (1, gen_random_uuid())
                ON CONFLICT (id) DO UPDATE SET version = EXCLUDED.version;
                RETURN NULL;
            """,
        )
    ]


class ReferenceRow(models.Model):
    enabled = models.BooleanField(_("enabled"), default=True)
    source = models.TextField(_("source"), blank=True)
    note = models.TextField(_("note"), blank=True)
    # The content of the file when the row was last loaded: a row that differs from it was edited here and is not
    # overwritten.
    loaded_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        abstract = True


@pghistory.track()
class LexiconTerm(ReferenceRow):
    """A phrase for a concept, in one language; "(one|another)" stands for several."""

    class Strength(models.TextChoices):
        STRONG = "strong", _("says so alone")
        WEAK = "weak", _("needs another beside it")

    concept = models.TextField(_("concept"))
    language = models.CharField(_("language"), max_length=3)
    term = models.TextField(_("term"))
    strength = models.CharField(_("strength"), max_length=10, choices=Strength, default=Strength.STRONG)

    class Meta:
        verbose_name = _("term of the lexicon")
        verbose_name_plural = _("terms of the lexicon")
        ordering = ["concept", "language", "term"]
        constraints = [models.UniqueConstraint(fields=["concept", "language", "term"], name="lexicon_term_unique")]
        triggers = renew_version()

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        try:
            expand(self.term)
        except ValueError as error:
            raise ValidationError(
                {"term": _("Slots are written “(one|another)”, none inside another, none empty.")}
            ) from error


@pghistory.track()
class Watchlist(models.Model):
    """A list of organizations, with its switch: vendors, financiers, security bodies, and the lexicon itself."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.TextField(_("name"))
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("watchlist")
        verbose_name_plural = _("watchlists")
        ordering = ["slug"]
        triggers = renew_version()

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class WatchlistEntry(ReferenceRow):
    """One organization of a list."""

    watchlist = models.ForeignKey(
        Watchlist, on_delete=models.PROTECT, related_name="entries", verbose_name=_("watchlist")
    )
    name = models.TextField(_("name"))
    aliases = text_list(_("aliases"))
    short_names = text_list(_("short names"), help_text=_("Match only in capitals."))
    ambiguous_names = text_list(_("ambiguous names"), help_text=_("Match only beside a context word."))
    context = text_list(_("context words"))
    identifiers = text_list(_("identifiers"), help_text=_("SCHEME-number"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    kind = text_list(_("kind"))
    listings = text_list(_("public lists"))
    listed_on = text_list(
        _("dates of the listings"),
        db_default=[],
        help_text=_(
            "“Name of the list: 2021-03-12”, as far as a source tells it; 2021-03 or 2021 will do. Of a list that "
            "took it off: “Name of the list: 2021-03-12/2024-10-21”."
        ),
    )
    listing_note = models.TextField(_("note on the listings"), blank=True)
    parent = models.TextField(_("parent organization"), blank=True)

    class Meta:
        verbose_name = _("entry of a watchlist")
        verbose_name_plural = _("entries of watchlists")
        ordering = ["watchlist", "name"]
        constraints = [
            models.UniqueConstraint(fields=["watchlist", "name", "country"], name="watchlist_entry_unique"),
        ]
        triggers = renew_version()

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class PublicList(ReferenceRow):
    """A list that an authority publishes: what it means to be on it, and whether this installation uses it."""

    name = models.TextField(_("name"), unique=True)
    authority = models.TextField(_("authority"), blank=True)
    effect = models.TextField(_("legal effect"), blank=True)

    class Meta:
        verbose_name = _("public list")
        verbose_name_plural = _("public lists")
        ordering = ["name"]
        triggers = renew_version()

    def __str__(self) -> str:
        return self.name
