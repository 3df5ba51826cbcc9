"""Awards, contracts and bids of a process, as typed rows. Replaced whenever the process is compiled anew."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, When
from django.db.models.functions import ExtractYear, Left
from django.utils.translation import gettext_lazy as _

from contracts.models.process import amount_field, currency_field, dollars_field, order_indexes, rate_period_field
from contracts.ocds.codelists.codes import CANCELLED
from contracts.postgres.search import NO_TEXT, NO_TEXTS, Searched, window

SEARCHED = Searched(
    "contract_words",
    ("title", "supplier_names"),
    texts=("title", "supplier_names"),
    parts={"title": ("title", NO_TEXTS), "supplier": (NO_TEXT, "supplier_names")},
)

# Length of the prefix of contract numbers that is indexed: whole numbers may be too long for an index.
NUMBER_START = 100
NUMBER = Left("contract_id", NUMBER_START)


class Award(models.Model):
    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="awards")
    award_id = models.TextField(_("OCDS id"), blank=True)
    title = models.TextField(_("title"), blank=True)
    status = models.TextField(_("status"), blank=True)
    date = models.DateTimeField(_("date"), null=True)
    awarded_on = models.DateField(_("awarded on"), null=True)
    amount = amount_field(_("value"))
    currency = currency_field(_("currency"))
    suppliers = ArrayField(models.BigIntegerField(), verbose_name=_("suppliers"), default=list)
    supplier_names = ArrayField(models.TextField(), verbose_name=_("suppliers"), default=list)
    path = models.TextField(_("JSON Pointer"))

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["process", "path"]

    def __str__(self) -> str:
        return self.award_id


# Contracts with another supplier than a sole one, which are few. A condition that says so finds their index.
OF_SEVERAL = ~models.Q(supplier_roles__contained_by=["sole"])

# Cancelled contracts were not bought: they are in no sum.
NOT_CANCELLED = ~models.Q(status__in=CANCELLED)
# Nor are those that another record counts for, by people's decision.
NOT_TWICE = models.Q(process__same_as=None)
# The contracts that sums count.
COUNTED = NOT_CANCELLED & NOT_TWICE


class Contract(models.Model):
    """
    A signed contract, or an active award without one.

    ``basis`` says which. Suppliers and values are the contract's own, else those of its award. Columns that end in
    ``_on`` are the days of the instants, see ``ocds.parsing.calendar_days``. ``date`` is the first known day,
    and ``date_basis`` says of what. ``supplier_roles`` are in the order of ``suppliers``.
    """

    class DateBasis(models.TextChoices):
        SIGNATURE = "signature", _("signature")
        AWARD = "award", _("award")
        RELEASE = "release", _("latest release")

    class SupplierRole(models.TextChoices):
        """
        Role of a supplier among those of a contract, as far as the record says.

        ``lead`` is the one of several that the record names as the lead tenderer, ``consortium`` one that parties of
        the record are members of.
        """

        SOLE = "sole", _("only supplier")
        LEAD = "lead", _("lead of several")
        MEMBER = "member", _("one of several")
        CONSORTIUM = "consortium", _("consortium")

    class Basis(models.TextChoices):
        CONTRACT = "contract", _("contract")
        AWARD = "award", _("active award without contract")

    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="contracts")
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    contract_id = models.TextField(_("OCDS id"), blank=True)
    award_id = models.TextField(_("award"), blank=True)
    title = models.TextField(_("title"), blank=True)
    status = models.TextField(_("status"), blank=True)
    date_signed = models.DateTimeField(_("signed"), null=True)
    start = models.DateTimeField(_("start"), null=True)
    end = models.DateTimeField(_("end"), null=True)
    signed_on = models.DateField(_("signed on"), null=True)
    starts_on = models.DateField(_("starts on"), null=True)
    ends_on = models.DateField(_("ends on"), null=True)
    date = models.DateField(_("date"), null=True)
    date_basis = models.CharField(
        _("basis of the date"), max_length=10, choices=DateBasis, blank=True, default="", db_default=""
    )
    amount = amount_field(_("value"))
    currency = currency_field(_("currency"))
    # At the rate of ``date``.
    amount_usd = dollars_field()
    rate_period = rate_period_field()
    suppliers = ArrayField(models.BigIntegerField(), verbose_name=_("suppliers"), default=list)
    supplier_names = ArrayField(models.TextField(), verbose_name=_("suppliers"), default=list)
    supplier_roles = ArrayField(
        models.TextField(choices=SupplierRole), verbose_name=_("roles of suppliers"), default=list, db_default=[]
    )
    path = models.TextField(_("JSON Pointer"))

    searched = SEARCHED

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["process", "path"]
        indexes = [
            # ranges of amounts, and contracts of one amount and day
            models.Index(fields=["currency", "amount", "date"], name="contract_amount_and_date"),
            models.Index(fields=["status", "id"], name="contract_status"),
            models.Index(fields=["basis", "id"], name="contract_basis"),
            models.Index(fields=["date_basis", "id"], name="contract_date_basis"),
            models.Index(NUMBER, condition=~models.Q(contract_id=""), name="contract_number"),
            *order_indexes("contract_date", "date"),
            *order_indexes("contract_value", "amount"),
            *order_indexes("contract_dollars", "amount_usd"),
            *order_indexes("contract_signed_on", "signed_on"),
            *order_indexes("contract_starts_on", "starts_on"),
            *order_indexes("contract_ends_on", "ends_on"),
            GinIndex(fields=["suppliers"], name="contract_suppliers"),
            models.Index(fields=["id"], condition=OF_SEVERAL, name="contract_of_several"),
            GinIndex(SEARCHED.words(), window(), name="contract_words_newest"),
        ]

    def __str__(self) -> str:
        return self.contract_id or self.award_id


# Dates that date a purchase; the date of a release says little about when something was bought.
DATED = (Contract.DateBasis.SIGNATURE.value, Contract.DateBasis.AWARD.value)
PURCHASE_YEAR = Case(When(date_basis__in=DATED, then=ExtractYear("date")))


class Bid(models.Model):
    """A bid of the bids extension, or a tenderer without a bid in the record (``basis`` says which)."""

    class Basis(models.TextChoices):
        BID = "bid", _("bid")
        TENDERER = "tenderer", _("tenderer without bid")

    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="bids")
    basis = models.CharField(_("basis"), max_length=10, choices=Basis)
    bid_id = models.TextField(_("OCDS id"), blank=True)
    status = models.TextField(_("status"), blank=True)
    date = models.DateTimeField(_("date"), null=True)
    amount = amount_field(_("value"))
    currency = currency_field(_("currency"))
    tenderers = ArrayField(models.BigIntegerField(), verbose_name=_("tenderers"), default=list)
    path = models.TextField(_("JSON Pointer"))

    class Meta:
        verbose_name = _("bid")
        verbose_name_plural = _("bids")
        ordering = ["process", "path"]
        indexes = [GinIndex(fields=["tenderers"], name="bid_tenderers")]

    def __str__(self) -> str:
        return self.bid_id
