"""The work at the desk: the lease of an open flag, the log of assignments, and notes for colleagues."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.person import person_field
from contracts.postgres.triggers import append_only


class Lease(models.Model):
    """A flag whose page a person has open. It ends when the person opens another flag, or when it expires."""

    flag = models.OneToOneField("audits.Flag", on_delete=models.CASCADE, primary_key=True, related_name="lease")
    # One person reads one flag at a time.
    holder = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("lease of a flag")
        verbose_name_plural = _("leases of flags")

    def __str__(self) -> str:
        return f"{self.flag_id} {self.holder} {self.until:%H:%M}"


class DeskEntry(models.Model):
    """A flag was handed to a person, taken over from one who had its page open, or noted on. Never changed."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("assigned")
        UNASSIGNED = "unassigned", _("no longer assigned")
        TAKEN_OVER = "taken_over", _("taken over")
        NOTED = "noted", _("note written")

    flag = models.ForeignKey("audits.Flag", on_delete=models.PROTECT, related_name="desk_entries")
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    # The new assignee; if somebody took a page over, the person who had it.
    person = person_field(_("person"), null=True)
    by = person_field(_("by"))
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("desk entry")
        verbose_name_plural = _("desk entries")
        ordering = ["pk"]
        triggers = append_only("what the desk did is never removed")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.flag_id} {self.person or ''}"


class SavedFilter(models.Model):
    """A filtered list of flags that a person keeps for themselves, under a name."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(_("filters"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_filter_unique")]

    def __str__(self) -> str:
        return self.name


MAX_NOTE = 4000


class FlagNote(models.Model):
    """
    A note for colleagues about a flag. It decides nothing, and is never published.

    It is removed with the flag, with the records that it is about, or by its author; the desk log keeps that it was
    written.
    """

    flag = models.ForeignKey("audits.Flag", on_delete=models.CASCADE, related_name="notes")
    author = person_field(_("author"))
    text = models.TextField(_("text"), max_length=MAX_NOTE)
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("note on a flag")
        verbose_name_plural = _("notes on flags")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.author} {self.flag_id}"
