"""What organizations did in the processes that they take part in, and which of them are due for an audit."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Participation(models.Model):
    """
    What one process counts for in the figures of an organization, in one role.

    ``submitted`` and ``disqualified`` are bids: of all bidders for a buyer or procuring entity, its own for a
    tenderer. ``competed`` and ``won`` are of a tenderer where a single active award decided; ``categories`` are the
    leading characters of what was awarded to a supplier, ``scheme:43``. ``is_competitive`` is how a buyer or procuring
    entity bought (open or selective, or direct or limited), if the record says so. Depends on the record alone.
    """

    class Role(models.TextChoices):
        BUYER = "buyer", _("buyer")
        PROCURING_ENTITY = "procuringEntity", _("procuring entity")
        TENDERER = "tenderer", _("tenderer")
        SUPPLIER = "supplier", _("supplier")

    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(
        "contracts.Organization", on_delete=models.PROTECT, related_name="participations", db_index=False
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    submitted = models.PositiveIntegerField(_("bids submitted"), default=0)
    disqualified = models.PositiveIntegerField(_("bids disqualified"), default=0)
    competed = models.BooleanField(_("competed"), default=False)
    won = models.BooleanField(_("won"), default=False)
    categories = ArrayField(models.TextField(), verbose_name=_("categories"), default=list)
    is_competitive = models.BooleanField(_("competitive"), null=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.UniqueConstraint(fields=["organization", "role", "process"], name="participation_once_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.process_id} {self.organization_id} {self.role}"


class TrackRecord(models.Model):
    """
    Whether an organization is due for an audit.

    ``version`` counts the changes of what its figures are made of; up to ``audited`` it was judged, under the rule set
    of ``ruleset_digest``. ``error`` says why the latest attempt failed: it is not tried again until the figures or the
    rules change.
    """

    organization = models.OneToOneField(
        "contracts.Organization", on_delete=models.CASCADE, related_name="track_record", primary_key=True
    )
    version = models.BigIntegerField(_("version"), default=1)
    audited = models.BigIntegerField(_("audited"), default=0)
    ruleset_digest = models.BinaryField(_("digest of the rule set"), max_length=32, default=bytes)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("track record")
        verbose_name_plural = _("track records")
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=models.Q(version__gt=models.F("audited")),
                name="track_record_unaudited",
            ),
        ]

    def __str__(self) -> str:
        return str(self.organization_id)
