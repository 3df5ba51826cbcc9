from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from contracts.signals import publisher_changed


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone of the IANA database."), params={"name": name})


# The publisher of made-up records, for trying out an installation.
EXAMPLES = "veedor-examples"


@pghistory.track()
class Publisher(models.Model):
    """A source of records. Its country and time zone decide how records are read, so changes are kept."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.TextField(_("name"))
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2"))
    time_zone = models.TextField(
        _("time zone"),
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("For dates without a zone, such as America/Bogota."),
    )
    ocid_prefix = models.TextField(_("OCID prefix"), blank=True, help_text=_("Such as ocds-k50g02."))
    licence = models.TextField(_("licence"), blank=True, help_text=_("As its own terms name it; empty: not stated."))
    licence_source = models.URLField(
        _("source of the licence"),
        blank=True,
        default="",
        db_default="",
        max_length=2000,
        help_text=_("Where it says so."),
    )
    licence_looked_on = models.DateField(
        _("licence looked for on"), null=True, blank=True, help_text=_("The last day on which somebody looked for it.")
    )
    licence_looked_at = models.TextField(
        _("licence looked for at"),
        blank=True,
        default="",
        db_default="",
        help_text=_("Addresses, one after the other, where it was looked for and is not stated."),
    )
    source_url = models.URLField(_("source"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ["slug"]
        constraints = [
            # With two publishers of one prefix, the country of a record would be ambiguous.
            models.UniqueConstraint(
                fields=["ocid_prefix"], condition=~models.Q(ocid_prefix=""), name="publisher_ocid_prefix_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; if country or time zone changed, its records become due for compiling, which is announced."""
        with transaction.atomic():
            before = Publisher.objects.filter(pk=self.pk).values_list("country", "time_zone").first()
            super().save(*args, **kwargs)
            if before and before != (self.country, self.time_zone):
                Recompilation.objects.update_or_create(publisher=self, defaults={"up_to": 0})
                publisher_changed.send(sender=Publisher, publisher_id=self.pk)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Recompilation(models.Model):
    """A publisher whose country or time zone changed: processes up to this primary key were compiled again."""

    publisher = models.OneToOneField(Publisher, on_delete=models.CASCADE, related_name="recompilation")
    up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.publisher_id} > {self.up_to}"


class Rereading(models.Model):
    """
    A single row: the primary key up to which the current round over all processes has come. Each round finds records
    parsed by an earlier version that this one would parse differently.
    """

    up_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"> {self.up_to}"
