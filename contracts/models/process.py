import hashlib
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from contracts.models.change import process_triggers
from contracts.models.claim import Claim
from contracts.models.provenance import OPERATOR, SUBMITTED, Verification
from contracts.models.publisher import EXAMPLES
from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES
from contracts.ocds.parsing.contact_points import is_of_contact_point
from contracts.ocds.personal_data import tells_number, without_personal_data
from contracts.ocds.titles import is_only_number, item_texts
from contracts.postgres.search import NO_TEXT, NO_TEXTS, Searched, window

SEARCHED = Searched(
    "process_words",
    ("language", "title", "description", "ocid", "buyer_name", "supplier_names", "items"),
    texts=("title", "description", "ocid", "buyer_name", "supplier_names", "items"),
    parts={
        "title": ("language", "title", NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXTS, NO_TEXTS),
        "buyer": ("language", NO_TEXT, NO_TEXT, NO_TEXT, "buyer_name", NO_TEXTS, NO_TEXTS),
        "supplier": ("language", NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT, "supplier_names", NO_TEXTS),
        "items": ("language", NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXT, NO_TEXTS, "items"),
        # Columns on its subject. Items are left out: a word in one of many items says little about it.
        "head": ("language", "title", "description", "ocid", "buyer_name", "supplier_names", NO_TEXTS),
    },
    ranked="head",
)

_MAX_CALLED = 200


class AmountBasis(models.TextChoices):
    """The values that make up the amount of a process."""

    CONTRACTS = "contracts", _("contracts")
    AWARDS = "awards", _("awards")
    TENDER = "tender", _("tender")


def amount_field(label: Any, **options: Any) -> models.DecimalField:
    """Return a column for an exact amount of money; its currency is a separate column."""
    return models.DecimalField(label, max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, null=True, **options)


def currency_field(label: Any) -> models.CharField:
    """Return a column for a currency: an ISO 4217 code, or else the text of the record."""
    return models.CharField(label, max_length=16, blank=True, default="")


def dollars_field() -> models.DecimalField:
    """Return a column for an amount in US dollars, to the cent; null without a value or a known rate."""
    return models.DecimalField(_("value in US dollars"), max_digits=AMOUNT_DIGITS, decimal_places=2, null=True)


def rate_period_field() -> models.CharField:
    """Return a column for the period of a rate: ``2021-03``, ``2021``, or empty; see ``ocds.codelists.exchange``."""
    return models.CharField(_("period of the exchange rate"), max_length=7, blank=True, default="", db_default="")


def order_indexes(name: str, column: str) -> list[models.Index]:
    """
    Return the indexes of a column that lists are ordered by, in either direction; rows without a value come last.

    The first one serves ranges too, and rows without a value.
    """
    down = models.F(column).desc(nulls_last=True)
    return [
        models.Index(fields=[column, "id"], name=f"{name}_up"),
        models.Index(down, models.F("id").desc(), name=f"{name}_down"),
    ]


PUBLIC = (Verification.OFFICIAL, Verification.ACCEPTED)


def in_public_process() -> models.Q:
    """Return the condition that a row belongs to a process that everyone may see."""
    return models.Q(process__verification__in=PUBLIC)


def may_see_claims(user: Any) -> bool:
    """Return whether a reader sees claims that nobody has accepted yet."""
    return user is not None and bool(user.has_perm("contracts.view_claim"))


def in_visible_process(user: Any) -> models.Q:
    """Return the condition that a row belongs to a process that a reader may see: by a join, not by a list of keys."""
    return ~models.Q(process__verification=Verification.RETIRED) if may_see_claims(user) else in_public_process()


def may_see_personal_data(user: Any) -> bool:
    """Return whether a reader sees records whole, with the numbers of natural persons."""
    return user is not None and bool(user.has_perm("contracts.view_contractingprocess"))


def for_public(record: bytes, country: str = "") -> bytes:
    """Return a stored record as everybody may see it, see ``without_personal_data``."""
    shows_contacts = settings.VEEDOR_PUBLISH_CONTACT_POINTS
    return without_personal_data(record, with_contact_points=shows_contacts, country=country)


def public_digest(record: bytes, digest: str, country: str = "") -> str:
    """
    Return the SHA-256 of a stored record as everybody may see it, in hexadecimal digits.

    That of the whole record would tell what is withheld: whoever knows all but a few digits of a number tries them.

    :param digest: of the whole record, which is returned if nothing of it is withheld
    """
    public = for_public(record, country)
    return digest if public is record else hashlib.sha256(public).hexdigest()


def is_withheld(pointer: str, *values: Any) -> bool:
    """Return whether a correction, by its JSON Pointer and its values, reveals personal data."""
    is_contact = is_of_contact_point(pointer) and not settings.VEEDOR_PUBLISH_CONTACT_POINTS
    return is_contact or tells_number(pointer, *values)


class ContractingProcessQuerySet(models.QuerySet["ContractingProcess"]):
    def public(self) -> "ContractingProcessQuerySet":
        """Processes whose record is made of official releases and accepted claims."""
        return self.filter(verification__in=PUBLIC)

    def visible_to(self, user: Any) -> "ContractingProcessQuerySet":
        """Return the public processes and, if the reader may view claims, those that hold claims."""
        return self.exclude(verification=Verification.RETIRED) if may_see_claims(user) else self.public()

    def of_ocids(self, ocids: Collection[str]) -> "ContractingProcessQuerySet":
        """Return the rows of ocids: the public ones, and those of claims."""
        return self.filter(models.Q(ocid__any_of=ocids) | _of_claims(ocid__any_of=ocids))

    def held(self) -> "ContractingProcessQuerySet":
        """Lock the rows until commit, in the order that all writers of several use: by primary key."""
        return self.order_by("pk").select_for_update(of=("self",), no_key=True)

    def claimed_by(self, submission: Any) -> "ContractingProcessQuerySet":
        """Return the rows of the claims of a submission, held or accepted."""
        return self.filter(_of_claims(submission=submission))

    def of_submission(self, submission: Any) -> "ContractingProcessQuerySet":
        """Return the public processes that a submission names, and the rows of its own held claims."""
        public = models.Q(verification__in=PUBLIC, ocid__any_of=submission.ocids)
        return self.filter(public | _of_claims(submission=submission) & models.Q(verification=Verification.UNVERIFIED))


def _of_claims(**named: Any) -> models.Q:
    """
    Return the condition on the rows of some claims, which an index answers beside other conditions.

    If one of two conditions is on a joined table, PostgreSQL reads all rows.
    """
    return models.Q(claim__any_of=ArraySubquery(Claim.objects.filter(**named).order_by().values("pk")))


def called(title: str, texts: Iterable[str], ocid: str) -> str:
    """
    Return the displayed name of a process or one of its contracts: its title. A title that is only a number follows in
    brackets after the first text that says more; without either, it is the ocid.
    """
    if title and not is_only_number(title):
        return title
    said = next((text for text in texts if text and not is_only_number(text)), "")
    if not said:
        return title or ocid
    behind = f" ({title})" if title else ""
    return Truncator(said).chars(max(_MAX_CALLED - len(behind), _MAX_CALLED // 2)) + behind


class ContractingProcess(models.Model):
    """
    The current compiled release of an ocid, and the columns copied from it. A public row contains only official
    releases and accepted claims. A held claim has a separate row, marked by ``claim``: under the ocid itself if there
    is no public record, else under ``Claim.row_name``.

    The JSON is authoritative; the columns are for lists, filters and rules that compare processes. All are written in
    one place, ``contracts.intake.rows.process_rows``.
    """

    ocid = models.TextField(_("ocid"), unique=True)
    publisher = models.ForeignKey(
        "contracts.Publisher",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("publisher"),
        db_index=False,  # "process_publisher" is its index
    )
    verification = models.CharField(
        _("verification"),
        max_length=10,
        choices=Verification,
        default=Verification.OFFICIAL,
        db_default=Verification.OFFICIAL,
    )
    claim = models.ForeignKey(
        "contracts.Claim",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="processes",
        verbose_name=_("claim"),
    )
    # The one that counts in its place, as people decided, see ``contracts.decisions.same_processes``.
    same_as = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # "process_same_as" is its index
        verbose_name=_("the same as"),
    )
    digest = models.BinaryField(_("digest"), max_length=32, help_text=_("SHA-256 of the compiled release"))
    compiled_release = models.JSONField(_("compiled release"))
    release_count = models.PositiveIntegerField(_("releases"), default=0)
    corrections = models.JSONField(_("corrections"), default=list)
    compiled_at = models.DateTimeField(_("compiled"), default=timezone.now)
    date = models.DateTimeField(_("date"), null=True)
    # Identification
    country = models.CharField(_("country"), max_length=2, blank=True)
    language = models.TextField(_("language"), blank=True)
    title = models.TextField(_("title"), blank=True)
    description = models.TextField(_("description"), blank=True)
    buyer = models.ForeignKey(
        "contracts.Organization",
        on_delete=models.PROTECT,
        null=True,
        related_name="bought_processes",
        verbose_name=_("buyer"),
        db_index=False,  # "process_buyer" is its index
    )
    procuring_entity = models.ForeignKey(
        "contracts.Organization",
        on_delete=models.PROTECT,
        null=True,
        related_name="procured_processes",
        verbose_name=_("procuring entity"),
    )
    buyer_name = models.TextField(_("buyer"), blank=True)
    # From the buyer's address; coordinates may be those of the first delivery.
    region = models.TextField(_("region"), blank=True, default="", db_default="")
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)
    suppliers = ArrayField(models.BigIntegerField(), verbose_name=_("suppliers"), default=list)
    supplier_names = ArrayField(models.TextField(), verbose_name=_("suppliers"), default=list)
    # The texts of its items, lots, awards and contracts, each once, up to the length that is searched.
    items = ArrayField(models.TextField(), verbose_name=_("items"), default=list, db_default=[])
    # Tender
    status = models.TextField(_("status of the tender"), blank=True)
    procurement_method = models.TextField(_("procurement method"), blank=True)
    procurement_method_details = models.TextField(_("procurement method details"), blank=True)
    category = models.TextField(_("main procurement category"), blank=True)
    award_criteria = models.TextField(_("award criteria"), blank=True)
    tender_amount = amount_field(_("tender value"))
    tender_currency = currency_field(_("currency of the tender"))
    tender_start = models.DateTimeField(_("tender period starts"), null=True)
    tender_end = models.DateTimeField(_("tender period ends"), null=True)
    number_of_tenderers = models.IntegerField(_("number of tenderers"), null=True)
    # Results
    amount = amount_field(_("value"), help_text=_("Of the contracts, else the awards, else the tender."))
    currency = currency_field(_("currency"))
    amount_basis = models.TextField(
        _("what the value is of"), blank=True, default="", db_default="", choices=AmountBasis
    )
    # At the rate of the day of the first signature, else of the first award, else of the latest release.
    amount_usd = dollars_field()
    rate_period = rate_period_field()
    award_date = models.DateTimeField(_("first award"), null=True)
    date_signed = models.DateTimeField(_("first signature"), null=True)
    # The days of these instants, see contracts.ocds.parsing.calendar_days.
    awarded_on = models.DateField(_("first award"), null=True)
    signed_on = models.DateField(_("first signature"), null=True)
    award_count = models.PositiveIntegerField(_("awards"), default=0)
    contract_count = models.PositiveIntegerField(_("contracts"), default=0)
    bid_count = models.PositiveIntegerField(_("bids"), default=0)
    # The `READING_VERSION` with which these columns were read; records with a lower one are eventually compiled again.
    read_by = models.PositiveIntegerField(_("read by version"), default=0, db_default=0)

    searched = SEARCHED

    objects = ContractingProcessQuerySet.as_manager()

    class Meta:
        verbose_name = _("contracting process")
        verbose_name_plural = _("contracting processes")
        ordering = ["-pk"]
        indexes = [
            # the filters of the list of processes, each with the key it is paged by
            models.Index(fields=["country", "id"], name="process_country"),
            models.Index(fields=["buyer", "id"], name="process_buyer"),
            models.Index(fields=["procurement_method", "id"], name="process_method"),
            models.Index(fields=["currency", "amount"], name="process_amount"),
            models.Index(fields=["status", "id"], name="process_status"),
            models.Index(fields=["category", "id"], name="process_category"),
            models.Index(fields=["region", "id"], name="process_region"),
            # several of them, which hardly a record has together; see the statistics of migration 0052
            models.Index(
                fields=["country", "procurement_method", "category", "currency", "status"], name="process_codes"
            ),
            # how many records a publisher has, and when they were released and came
            models.Index(
                fields=["publisher", "date"], include=["verification", "compiled_at"], name="process_publisher"
            ),
            # the records of one tender
            models.Index(
                fields=["buyer", "tender_end"], condition=models.Q(tender_end__isnull=False), name="process_deadline"
            ),
            # its orders and ranges
            *order_indexes("process_date", "date"),
            *order_indexes("process_value", "amount"),
            *order_indexes("process_dollars", "amount_usd"),
            *order_indexes("process_awarded_on", "awarded_on"),
            *order_indexes("process_signed_on", "signed_on"),
            GinIndex(fields=["suppliers"], name="process_suppliers"),
            GinIndex(SEARCHED.words(), window(), name="process_words_and_items"),
            # those that another one counts for
            models.Index(fields=["same_as"], condition=models.Q(same_as__isnull=False), name="process_same_as"),
            # the claims that the desk has to decide on
            models.Index(fields=["id"], condition=models.Q(verification="unverified"), name="process_unverified"),
        ]
        triggers = process_triggers()

    def __str__(self) -> str:
        return self.ocid

    @property
    def called(self) -> str:
        return called(self.title, self.texts(), self.ocid)

    def texts(self) -> Iterator[str]:
        """Yield the texts on what is bought, the best first: title, description, items, which are read last."""
        yield self.title
        yield self.description
        yield "; ".join(dict.fromkeys(item_texts(self.compiled_release)))

    @property
    def is_example(self) -> bool:
        """Whether it is made up."""
        return self.source == EXAMPLES

    @property
    def source(self) -> str:
        """The source of its content, as ``contracts.models.provenance.process_source``."""
        if self.publisher:
            return self.publisher.slug
        return OPERATOR if self.verification == Verification.OFFICIAL else SUBMITTED
