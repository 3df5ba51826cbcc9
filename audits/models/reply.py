"""Replies and requests for correction of organizations named here, and the decisions to publish them."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audits.models.flag import Flag
from audits.models.subject import subject_organization, subject_process
from contracts.models import Organization
from contracts.models.change import writes_changes
from contracts.models.person import person_field
from contracts.models.process import in_visible_process
from contracts.postgres.triggers import append_only

_PUBLISHED = "(OLD.state = 'accepted') IS DISTINCT FROM (NEW.state = 'accepted')"
_OCID = "coalesce((SELECT ocid FROM contracts_contractingprocess WHERE id = NEW.process_id), '')"


def beside_row() -> models.Q:
    """
    Return the condition that a reply stands beside the flag of the query around: it is about the flag, or about all
    of its subject; of an organization under any of the names that are one body.
    """
    named = Organization.objects.order_by().filter(
        pk=models.OuterRef(models.OuterRef(models.OuterRef("organization")))
    )
    kept = models.Subquery(named.values(kept=Coalesce("merged_into", "pk")))
    body = Organization.objects.filter(models.Q(pk=kept) | models.Q(merged_into=kept)).order_by()
    of_body = models.Q(organization__any_of=ArraySubquery(body.values("pk")))
    return models.Q(flag=models.OuterRef("pk")) | models.Q(process=models.OuterRef("process")) | of_body


class ReplyQuerySet(models.QuerySet["Reply"]):
    def held(self) -> "ReplyQuerySet":
        return self.filter(state=Reply.State.HELD)

    def accepted(self) -> "ReplyQuerySet":
        return self.filter(state=Reply.State.ACCEPTED)

    def beside(self, flag: Flag) -> "ReplyQuerySet":
        """Return the replies to a flag or to its whole subject, whatever was decided on them."""
        # Only by the kind of subject that the flag has: a key of None would match every other reply.
        if flag.organization_id is None:
            return self.filter(models.Q(flag=flag.pk) | models.Q(process=flag.process_id))
        body = Organization.objects.bodies_of([flag.organization_id])
        return self.filter(models.Q(flag=flag.pk) | models.Q(organization__any_of=body))

    def visible_to(self, user: Any) -> "ReplyQuerySet":
        """Return the accepted replies to flags and records that a reader may see."""
        body = Coalesce(models.OuterRef("organization__merged_into"), models.OuterRef("organization"))
        return self.accepted().filter(
            models.Exists(Flag.objects.visible_to(user).filter(pk=models.OuterRef("flag")))
            | (models.Q(process__isnull=False) & in_visible_process(user))
            | models.Exists(Organization.objects.visible_to(user).filter(pk=body))
        )


class Reply(models.Model):
    """
    A reply to a flag, to a process or about an organization, sent by the form with a receipt.

    It is held until a person accepts it, and changes no flag. ``contact`` is never published. Only the day of its
    arrival is kept. ``state`` follows the latest of its ``decisions``; an erased reply is an empty row.
    """

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        CORRECTION = "correction", _("request for a correction")

    class State(models.TextChoices):
        HELD = "held", _("waits for a decision")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        ERASED = "erased", pgettext_lazy("reply", "erased")

    receipt = models.OneToOneField(
        "contracts.Receipt", on_delete=models.PROTECT, related_name="+", verbose_name=_("receipt")
    )
    flag = models.ForeignKey(
        Flag, on_delete=models.PROTECT, null=True, blank=True, related_name="replies", verbose_name=_("flag")
    )
    process, organization = subject_process(), subject_organization()
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    party = models.TextField(_("organization that replies"))
    speaker = models.TextField(_("who speaks for it"))
    contact = models.TextField(_("how to reach them"), blank=True)
    text = models.TextField(_("text"))
    link = models.TextField(_("address of a document"), blank=True)
    sent_on = models.DateField(_("sent"), default=timezone.localdate)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects = ReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(flag__isnull=False, process=None, organization=None)
                | models.Q(flag=None, process__isnull=False, organization=None)
                | models.Q(flag=None, process=None, organization__isnull=False),
                name="reply_about_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="erased") | models.Q(party="", speaker="", contact="", text="", link=""),
                name="reply_erased_is_empty",
            ),
        ]
        indexes = [
            # the queue of the desk
            models.Index(fields=["-id"], condition=models.Q(state="held"), name="reply_held"),
        ]
        permissions = [("erase_reply", "Can erase replies")]
        triggers = [
            writes_changes(
                *("tells_changed", "'reply'"),
                condition=_PUBLISHED,
                flag_id="NEW.flag_id",
                ocid=_OCID,
                organization_id="NEW.organization_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def about(self) -> str:
        """What it is about: ``flag``, ``process`` or ``organization``."""
        if self.flag_id is not None:
            return "flag"
        return "process" if self.process_id is not None else "organization"


class ReplyDecision(models.Model):
    """A decision on a reply, with its reason. Never changed: a new decision is added instead."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("accept")
        REFUSED = "refused", _("refuse")

    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("reply"))
    kind = models.CharField(_("decision"), max_length=10, choices=Kind)
    reason = models.TextField(_("reason"))
    decided_by = person_field(_("decided by"))
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)

    class Meta:
        verbose_name = _("decision on a reply")
        verbose_name_plural = _("decisions on replies")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="reply_decision_has_reason")]
        triggers = append_only("decisions on replies are never removed")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decided_at:%Y-%m-%d}"
