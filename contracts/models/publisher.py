from zoneinfo import ZoneInfo, available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone of the IANA database."), params={"name": name})


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
    licence = models.TextField(_("licence"), blank=True)
    source_url = models.URLField(_("source"), blank=True, max_length=2000)

    class Meta:
        verbose_name = _("publisher")
        verbose_name_plural = _("publishers")
        ordering = ["slug"]
        constraints = [
            # Two publishers of one prefix would make the country of a record a matter of luck.
            models.UniqueConstraint(
                fields=["ocid_prefix"], condition=~models.Q(ocid_prefix=""), name="publisher_ocid_prefix_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
