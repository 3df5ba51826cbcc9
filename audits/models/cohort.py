"""Contributions of audits to the figures of other audits, as narrow rows, and statistics of populations."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models.functions import Cast, Coalesce, Now, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audits.models.monthly_spend import adds_up_months
from contracts.models.process import amount_field, currency_field


class Cohort(models.Model):
    """
    The statistics of one population, as rules read them: number of values (``n``), period, and figures. ``name`` says
    what was counted (``price_gaps``), ``key`` the population: empty for all, otherwise for example country,
    procurement method and category. ``digest`` is the SHA-256 of the figures: while it is the same, they make no audit
    due.
    """

    name = models.CharField(_("name"), max_length=40)
    key = models.TextField(_("population"), blank=True)
    n = models.PositiveIntegerField(_("values"))
    window_start = models.DateTimeField(_("first date"), null=True, blank=True)
    window_end = models.DateTimeField(_("last date"), null=True, blank=True)
    figures = models.JSONField(_("figures"))
    digest = models.BinaryField(_("digest of the figures"), max_length=32)
    computed_at = models.DateTimeField(_("computed"), default=timezone.now)

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["name", "key"]
        constraints = [models.UniqueConstraint(fields=["name", "key"], name="cohort_name_key_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.key or '*'}"


class PopulationChange(models.Model):
    """
    A statement that changed the input of cohorts and is not in them yet. Rows are added by triggers of
    ``POPULATION_TABLES``, one per statement, so that writers do not wait for each other.
    """

    written_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("change of a population")
        verbose_name_plural = _("changes of populations")

    def __str__(self) -> str:
        return str(self.pk)


# The tables that cohorts are computed from, see ``audits.cohorts``.
POPULATION_TABLES = (
    "audits_observation",
    "audits_purchase",
    "audits_participation",
    "contracts_contractingprocess",
    "contracts_organization",
    "contracts_publisher",
)


class Purchase(models.Model):
    """
    The purchases of a buyer from one supplier in one process, in one currency: the input of shares and histories.
    Copied from contracts and active awards when the process is audited, with facts read from the texts: ``sectors`` of
    technology, ``subjects`` (classes of the items, else the title), ``is_gift``. ``is_cancelled`` is whether the
    tender was cancelled, whatever its contracts say. The value of a consortium is divided equally among its members.
    ``date`` is that of the first award, else of the first signature, else of the record. ``contest`` is shared by
    purchases that count once (``audits.contributions.contests``). All of this depends only on the record and the
    lexicon, never on other processes, so figures settle. ``version`` is that of the buyer's group of peers when it was
    written.
    """

    # The unique constraint serves as the index of the process.
    process = models.ForeignKey(
        "contracts.ContractingProcess", on_delete=models.CASCADE, related_name="purchases", db_index=False
    )
    buyer = models.ForeignKey(
        "contracts.Organization", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    supplier = models.ForeignKey("contracts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False)
    country = models.CharField(_("country"), max_length=2, blank=True)
    procurement_method = models.TextField(_("procurement method"), blank=True)
    date = models.DateTimeField(_("date"))
    sectors = ArrayField(models.TextField(), verbose_name=_("technology sectors"), default=list)
    subjects = ArrayField(models.TextField(), verbose_name=_("subjects"), default=list)
    is_gift = models.BooleanField(_("without price"), default=False)
    amount = amount_field(_("value"))
    currency = currency_field(_("currency"))
    # The version before writes none.
    contest = models.TextField(_("contest"), default="", db_default="")
    # No rule reads cancelled ones; they are stored so that later purchases are checked when a purchase becomes
    # cancelled.
    is_cancelled = models.BooleanField(_("the tender is cancelled"), default=False, db_default=False)
    # The version before writes none: of when such a purchase is from, nothing is known.
    version = models.BigIntegerField(_("version of the group of peers"), null=True)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        constraints = [
            models.UniqueConstraint(fields=["process", "supplier", "currency"], name="purchase_once_a_process")
        ]
        indexes = [
            # the purchases of a buyer, and those from one supplier before a date
            models.Index(fields=["buyer", "supplier", "date"], name="purchase_buyer_supplier_date"),
            # what a supplier sold to anyone
            models.Index(fields=["supplier"], name="purchase_supplier"),
            # the spend of a country on technology
            models.Index(fields=["country", "date"], condition=~models.Q(sectors=[]), name="purchase_country_date"),
            # those of one contest
            HashIndex(
                Coalesce(NullIf("contest", models.Value("")), Cast("process_id", models.TextField())),
                name="purchase_contest",
            ),
        ]
        triggers = adds_up_months()

    def __str__(self) -> str:
        return f"{self.process_id} {self.supplier_id} {self.currency}"


class FailedTender(models.Model):
    """
    A failed tender of a buyer, according to its own public record, which a later direct award may follow.

    ``object_digest`` identifies the object (``audits.contributions.failed_tenders``), ``status`` says how it failed,
    ``date`` is the end of bidding, else its start, else the date of the record; ``failed_on`` is the day on which it
    failed. ``version`` is that of the buyer's group of peers when the row was written.
    """

    process = models.OneToOneField(
        "contracts.ContractingProcess", on_delete=models.CASCADE, related_name="failed_tender", primary_key=True
    )
    # The first column of the index below.
    buyer = models.ForeignKey("contracts.Organization", on_delete=models.CASCADE, related_name="+", db_index=False)
    object_digest = models.BinaryField(_("digest of the object"))
    status = models.TextField(_("status of the tender"))
    date = models.DateTimeField(_("date"))
    failed_on = models.DateTimeField(_("date of the failure"))
    version = models.BigIntegerField(_("version of the group of peers"))

    class Meta:
        verbose_name = _("failed tender")
        verbose_name_plural = _("failed tenders")
        indexes = [models.Index(fields=["buyer", "object_digest", "failed_on"], name="failed_tender_object")]

    def __str__(self) -> str:
        return str(self.process_id)


class Observation(models.Model):
    """
    The contribution of one process to the statistics of its populations; depends only on its record and the
    parameters.

    ``price_gaps``: the gap between the winning bid and the next one, for each lot and currency. ``gives`` and
    ``lacks``: the rules that need a field which the record has, or lacks. ``habits``: how it fills its fields, as read
    by ``audits.judging.figures.habits`` (``no_estimate:yes``). ``source``: the source of a record without publisher,
    from ``audits.contributions.sources``.
    """

    process = models.OneToOneField(
        "contracts.ContractingProcess", on_delete=models.CASCADE, related_name="observation", primary_key=True
    )
    price_gaps = ArrayField(models.FloatField(), verbose_name=_("price gaps"), default=list)
    gives = ArrayField(models.TextField(), verbose_name=_("fields given"), default=list)
    lacks = ArrayField(models.TextField(), verbose_name=_("fields missing"), default=list)
    habits = ArrayField(models.TextField(), verbose_name=_("habits"), default=list, db_default=[])
    source = models.TextField(_("source"), default="", db_default="")

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")

    def __str__(self) -> str:
        return str(self.process_id)


class PeerGroup(models.Model):
    """
    The processes of one buyer, whose figures depend on each other.

    ``version`` counts the changes of its purchases; up to ``checked``, the audits of its processes were compared with
    current figures. ``since`` is the earliest date of an unchecked purchase. ``replaced`` is the version at which a
    purchase was last removed or changed; all other changes added purchases.
    """

    buyer = models.OneToOneField(
        "contracts.Organization", on_delete=models.CASCADE, related_name="+", primary_key=True
    )
    version = models.BigIntegerField(_("version"), default=1)
    checked = models.BigIntegerField(_("checked"), default=0)
    since = models.DateTimeField(_("since"))
    replaced = models.BigIntegerField(_("version of the last replacement"), default=0, db_default=0)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("peer group")
        verbose_name_plural = _("peer groups")
        indexes = [
            models.Index(
                fields=["changed_at"], condition=models.Q(version__gt=models.F("checked")), name="peer_group_unchecked"
            ),
        ]

    def __str__(self) -> str:
        return str(self.buyer_id)
