"""Four eyes: a confirmed flag becomes public once a second person confirms it. The database enforces it."""

from datetime import datetime
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

# A lead may allow a single confirmation, for a rule or for all.
_IS_WAIVED = "SELECT FROM audits_foureyeswaiver w WHERE w.enabled AND w.rule IN ('', judged_rule)"
_HAS_SENT = """
    SELECT FROM contracts_contractingprocess p
    JOIN contracts_release r ON r.ocid = p.ocid
    JOIN contracts_submissionorigin o ON o.submission_id = r.submission_id
    WHERE p.id = subject AND o.user_id = NEW.reviewer_id
"""
# Undoing a batch restores earlier decisions; the person who undid it has not confirmed anything.
_SECOND_PERSON = """
    SELECT rule, process_id INTO judged_rule, subject FROM audits_flag WHERE id = NEW.flag_id;
    IF EXISTS ({waived}) THEN RETURN NEW; END IF;
    SELECT decision, judged_digest INTO latest FROM audits_review
    WHERE flag_id = NEW.flag_id AND decision <> 'in_review' ORDER BY id DESC LIMIT 1;
    IF latest.decision = 'confirmed' AND latest.judged_digest = NEW.judged_digest OR NEW.judged ? 'undoes' AND EXISTS (
        SELECT FROM audits_review
        WHERE flag_id = NEW.flag_id AND decision = 'confirmed' AND judged_digest = NEW.judged_digest
    ) THEN RETURN NEW; END IF;
    SELECT reviewer_id INTO first_person FROM audits_review
    WHERE flag_id = NEW.flag_id AND decision = 'first_confirmation' AND NOT judged ? 'undoes'
    ORDER BY id DESC LIMIT 1;
    IF latest.decision = 'first_confirmation' AND latest.judged_digest = NEW.judged_digest
        AND first_person <> NEW.reviewer_id AND NOT EXISTS ({sent})
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'a second person confirms, who neither confirmed it first nor sent the record'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'review_four_eyes';
"""
_IS_CONFIRMED = """
    SELECT decision, judged INTO latest FROM audits_review
    WHERE flag_id = NEW.id AND decision <> 'in_review' ORDER BY id DESC LIMIT 1;
    IF latest.decision = 'confirmed' OR latest.decision = 'first_confirmation'
        AND latest.judged @> '{"was_confirmed": true}'
        AND EXISTS (SELECT FROM audits_review WHERE flag_id = NEW.id AND decision = 'confirmed')
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'no decision confirms this flag'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'flag_is_confirmed';
"""


def second_person_confirms() -> pgtrigger.Trigger:
    """Return the trigger that refuses a ``confirmed`` with which a single person would publish a flag."""
    return pgtrigger.Trigger(
        name="four_eyes",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition("NEW.decision = 'confirmed'"),
        declare=[("judged_rule", "TEXT"), ("subject", "BIGINT"), ("latest", "RECORD"), ("first_person", "BIGINT")],
        func=_SECOND_PERSON.replace("{waived}", _IS_WAIVED).replace("{sent}", _HAS_SENT),
    )


def confirmed_by_decision() -> pgtrigger.Trigger:
    """Return the trigger of flags that refuses ``confirmed``, which is what the public sees, without its decision."""
    return pgtrigger.Trigger(
        name="is_confirmed",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.decision = 'confirmed' AND OLD.decision IS DISTINCT FROM NEW.decision"),
        declare=[("latest", "RECORD")],
        func=_IS_CONFIRMED,
    )


def taken_back_by_decision() -> pgtrigger.Trigger:
    """Return the trigger of flags that notes when one ceases to be confirmed, as the public may have read it."""
    return pgtrigger.Trigger(
        name="is_taken_back",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(
            "(OLD.decision IS DISTINCT FROM NEW.decision AND 'confirmed' IN (OLD.decision, NEW.decision))"
        ),
        func="NEW.taken_back_at := CASE WHEN NEW.decision = 'confirmed' THEN NULL ELSE clock_timestamp() END;"
        " RETURN NEW;",
    )


@pghistory.track()
class FourEyesWaiver(models.Model):
    """A lead's decision that one person's confirmation is enough for the flags of a rule, or for all."""

    rule = models.CharField(
        _("rule"), max_length=10, blank=True, unique=True, help_text=_("Its code, as T02; empty: all rules.")
    )
    reason = models.TextField(_("reason"))
    enabled = models.BooleanField(_("enabled"), default=True)

    class Meta:
        verbose_name = _("waiver of the second confirmation")
        verbose_name_plural = _("waivers of the second confirmation")
        ordering = ["rule"]

    def __str__(self) -> str:
        return self.rule or "*"

    @classmethod
    def in_force(cls, rule: str) -> Self | None:
        """Return the waiver for the flags of a rule: its own before the one for all rules."""
        return cls.objects.filter(enabled=True, rule__in=("", rule)).order_by("-rule").first()

    @classmethod
    def granted(cls, rule: str, at: datetime) -> dict[str, Any] | None:
        """
        Return the waiver that was in force at a moment, from the history, see ``as_saved``; ``None`` if none was.

        It may have been removed since.
        """
        model: Any = cls
        saved = model.events.field.model.objects.filter(rule__in=("", rule), pgh_created_at__lte=at)
        latest = {event.pgh_obj_id: event for event in saved.select_related("pgh_context").order_by("pgh_id")}
        waivers = sorted((event for event in latest.values() if event.enabled), key=lambda event: event.rule)
        return _as_saved(waivers[-1]) if waivers else None

    def as_saved(self) -> dict[str, Any]:
        """
        Return it as JSON types.

        ``by`` is the name of the person who saved it last, "" if a command did; ``since`` is when, in ISO 8601.
        """
        row: Any = self
        return _as_saved(row.events.select_related("pgh_context").order_by("pgh_id").last())


def _as_saved(event: Any) -> dict[str, Any]:
    person = (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None
    user = get_user_model().objects.filter(pk=person).first() if person else None
    return {
        "rule": event.rule,
        "reason": event.reason,
        "by": user.get_username() if user else "",
        "since": event.pgh_created_at.isoformat(),
    }
