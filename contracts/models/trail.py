import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field
from contracts.postgres.triggers import append_only, moment_of

# An action without a person may be that of a sender, whom the minute could identify.
_BY_DAY = "NEW.actor_id IS NULL AND NEW.action IN ('claim_decided', 'reply_erased', 'submission_erased')"


class TrailEntry(models.Model):
    """
    Something that a person or a command did and that leads must be able to look up. Written by ``contracts.trail``.

    ``target_type`` and ``target_id`` name a row (``contracts.apitoken``, ``12``), which may be gone. No addresses, no
    browsers, no names that were typed: ``actor`` is an account or empty. Never changed; the database dates it itself,
    by the day what is erased in nobody's name.
    """

    class Action(models.TextChoices):
        LOGGED_IN = "logged_in", _("logged in")
        LOGIN_FAILED = "login_failed", _("failed to log in")
        FACTOR_CHANGED = "factor_changed", _("changed their second factor")
        FACTOR_RESET = "factor_reset", _("let a person set up a second factor")
        INVITED = "invited", _("invited a person")
        TOKEN_ISSUED = "token_issued", _("issued a token")
        TOKEN_REVOKED = "token_revoked", _("revoked a token")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        REFERENCE_LOADED = "reference_loaded", _("loaded reference data")
        ORIGIN_READ = "origin_read", _("read who sent a submission")
        ORIGINS_EXPORTED = "origins_exported", _("exported who sent submissions")
        RIGHT_GRANTED = "right_granted", _("granted a right to speak for a publisher")
        RIGHT_ENDED = "right_ended", _("ended a right to speak for a publisher")
        CLAIM_DECIDED = "claim_decided", _("decided on a claim")
        RETENTION_RUN = "retention_run", _("removed what its time had run out for")
        SUBMISSION_ERASED = "submission_erased", _("erased a submission")
        DOCUMENT_PUBLISHED = "document_published", _("published a document")
        REPLY_DECIDED = "reply_decided", _("decided on a reply")
        REPLY_ERASED = "reply_erased", _("erased a reply")
        COMMENT_REQUESTED = "comment_requested", _("asked for comment")
        COMMENT_ENTERED = "comment_entered", _("entered what came of a request for comment")
        COMMENT_ERASED = "comment_erased", _("erased who was asked for comment")
        BODY_DECIDED = "body_decided", _("decided whether two organizations are the same")
        PROCESS_DECIDED = "process_decided", _("decided whether a process is published twice")
        DOCUMENT_UNPUBLISHED = "document_unpublished", _("published a document no longer")

    at = models.DateTimeField(_("time"), default=timezone.now)
    # The entry outlives the account.
    actor = person_field(_("person"), on_delete=models.DO_NOTHING, optional=True, db_constraint=False)
    action = models.CharField(_("action"), max_length=20, choices=Action)
    target_type = models.TextField(_("kind of row"), blank=True)
    target_id = models.TextField(_("row"), blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["action", "-id"], name="trail_action"),
            models.Index(fields=["actor", "-id"], name="trail_actor"),
            models.Index(fields=["at"], name="trail_at"),
        ]
        triggers = [
            *append_only("the audit trail is never removed"),
            pgtrigger.Trigger(
                name="append",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"NEW.at := {moment_of(_BY_DAY)}; RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.target}".strip()

    @property
    def target(self) -> str:
        return f"{self.target_type} {self.target_id}".strip()
