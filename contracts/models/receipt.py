"""Receipts of the form, and questions of the desk to their holders: no name, no address, no time but the day."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field


class TakenBackError(Exception):
    """Raised if something is sent with a receipt whose submission was taken back."""


class Receipt(models.Model):
    """
    A receipt of the form. Its words are shown to its sender and not stored: ``digest`` is their SHA-256. Later
    submissions sent with it are added.
    """

    class Kind(models.TextChoices):
        SUBMISSION = "submission", _("submission")
        REPLY = "reply", _("reply")

    digest = models.BinaryField(_("digest"), max_length=32, unique=True)
    # What it was issued for; each kind has its own status page.
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind, default=Kind.SUBMISSION, db_default=Kind.SUBMISSION
    )
    made_on = models.DateField(_("made"))
    withdrawn_on = models.DateField(_("taken back"), null=True, blank=True)
    submissions = models.ManyToManyField(
        "contracts.Submission", related_name="receipts", verbose_name=_("submissions")
    )

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.pk} {self.made_on:%Y-%m-%d}"


class ReceiptQuestion(models.Model):
    """A question of the desk to the holder of a receipt, and the answer; after retention, only its day remains."""

    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE, related_name="questions")
    text = models.TextField(_("question"))
    asked_by = person_field(_("asked by"))
    asked_on = models.DateField(_("asked"))
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to a sender")
        verbose_name_plural = _("questions to senders")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class IntakePolicy(models.Model):
    """Settings of the form: one row, which leads change, with history."""

    anonymous = models.BooleanField(
        _("take what people send without an account"),
        default=True,
        help_text=_("What they send is held until a person accepts it."),
    )
    offers_proof = models.BooleanField(
        _("offer a signed proof"),
        default=False,
        db_default=False,
        help_text=_(
            "A signature over the fingerprint of what is sent and the day, for senders who ask for "
            "it. Anyone found with a proof is known to be the sender."
        ),
    )

    class Meta:
        verbose_name = _("intake by the form")
        verbose_name_plural = _("intake by the form")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="intake_one_row")]

    def __str__(self) -> str:
        return str(_("intake by the form"))

    @classmethod
    def in_force(cls) -> "IntakePolicy":
        """Return the row, or the defaults where nobody has set any."""
        return cls.objects.first() or cls(pk=1)
