from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from contracts.models.process import in_public_process, may_see_claims
from contracts.postgres.search import Searched

SEARCHED = Searched("organization_words", ("name", "scheme", "identifier"), texts=("name", "scheme", "identifier"))


# The number at the end of a key, without punctuation.
NUMBER = models.Func(
    "key", models.Value(":"), models.Value(-1), function="split_part", output_field=models.TextField()
)


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: Any) -> "OrganizationQuerySet":
        """Return the organizations that a public process names and, for who may view claims, all."""
        if may_see_claims(user):
            return self
        return self.filter(
            models.Exists(Party.objects.filter(in_public_process(), organization=models.OuterRef("pk")))
        )


class Organization(models.Model):
    """
    An organization, known by its identifier (scheme and number), else by its folded name within a country.

    ``key`` holds that identity: ``MX-RFC:AAA010101AAA`` or ``name:MX:ayuntamiento de tula``. ``roles`` are those in
    public processes; while there are none, only claims may have named it.
    """

    key = models.TextField(_("key"), unique=True)
    name = models.TextField(_("name"))
    scheme = models.TextField(_("identifier scheme"), blank=True)
    identifier = models.TextField(_("identifier"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    roles = ArrayField(models.TextField(), verbose_name=_("roles"), default=list, blank=True)

    searched = SEARCHED

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        indexes = [
            models.Index(fields=["country", "id"], name="organization_country"),
            # the other filters of the list
            models.Index(Upper("scheme"), "id", name="organization_scheme"),
            models.Index(fields=["identifier"], name="organization_identifier"),
            models.Index(NUMBER, name="organization_number"),
            GinIndex(fields=["roles"], name="organization_roles"),
            GinIndex(SEARCHED.words(), name="organization_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.key


class Party(models.Model):
    """An organization in a contracting process: as the record calls it there, and in which roles."""

    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="parties")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="parties")
    party_id = models.TextField(_("OCDS id"), blank=True)
    name = models.TextField(_("name"), blank=True)
    roles = ArrayField(models.TextField(), verbose_name=_("roles"), default=list)
    path = models.TextField(_("JSON Pointer"))

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["process", "path"]

    def __str__(self) -> str:
        return self.name
