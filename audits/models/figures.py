from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublicFigures(models.Model):
    """
    Figures as the public sees them, until they are published again: ``audits.reports.publishing``.

    ``figures`` is what the API returns; of ``published_at`` it shows only the day.
    """

    name = models.TextField(_("name"), primary_key=True)
    figures = models.JSONField(_("figures"))
    published_at = models.DateTimeField(_("published"), default=timezone.now)

    class Meta:
        verbose_name = _("public figures")
        verbose_name_plural = _("public figures")

    def __str__(self) -> str:
        return f"{self.name} {self.published_at:%Y-%m-%d}"


class PageFigures(models.Model):
    """
    Figures behind a page, as last counted: of public records (see ``audits.pages.figures.cached_figures``), and of
    decisions on rules.

    ``asked_at`` is when somebody was last shown outdated ones.
    """

    name = models.TextField(_("name"), primary_key=True)
    figures = models.JSONField(_("figures"))
    counted_at = models.DateTimeField(_("counted"))
    asked_at = models.DateTimeField(_("asked for"), null=True)

    class Meta:
        verbose_name = _("figures of a page")
        verbose_name_plural = _("figures of pages")

    def __str__(self) -> str:
        return f"{self.name} {self.counted_at:%Y-%m-%d}"


class OutcomeCount(models.Model):
    """
    How often a rule had one kind of outcome in the current audits, when last counted. Counting reads every audit, too
    long for a page: the schedule does it, and replaces all rows.
    """

    rule = models.CharField(_("rule"), max_length=10)
    kind = models.CharField(_("outcome"), max_length=20)
    field = models.TextField(_("missing field"), blank=True)
    records = models.PositiveBigIntegerField(_("records"))
    counted_at = models.DateTimeField(_("counted"), default=timezone.now)

    class Meta:
        verbose_name = _("outcome count")
        verbose_name_plural = _("outcome counts")
        constraints = [models.UniqueConstraint(fields=["rule", "kind", "field"], name="outcome_count_unique")]

    def __str__(self) -> str:
        return f"{self.rule} {self.kind} {self.field}".strip()
