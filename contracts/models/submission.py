import uuid
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from msgspec import convert

from contracts.models.person import person_field
from contracts.ocds.messages import DETAILS
from contracts.ocds.problems import AS_STORED, Problem
from contracts.tables.headers.given_mapping import GivenMapping

# A submission that kills its worker is tried this often, then shown as failed.
MAX_ATTEMPTS = 3


class Content(models.Model):
    """The bytes of a submission as they arrived, once for each SHA-256, in chunks."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    size = models.BigIntegerField(_("size"), help_text=_("bytes"))
    encoding = models.CharField(_("encoding"), max_length=20, default="utf-8")
    is_gzip = models.BooleanField(_("compressed with gzip"), default=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    removed_on = models.DateField(_("bytes removed"), null=True, blank=True)

    class Meta:
        verbose_name = _("content")
        verbose_name_plural = _("contents")

    def __str__(self) -> str:
        return self.sha256[:12]


class ContentChunk(models.Model):
    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content", "number"], name="content_chunk_unique")]

    def __str__(self) -> str:
        return f"{self.content_id}/{self.number}"


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def due(self) -> "SubmissionQuerySet":
        """
        Submissions that are neither processed nor being processed, by the clock of the database.

        Leases taken while the clock was ahead are ignored.
        """
        lease = timedelta(seconds=settings.VEEDOR_LEASE_SECONDS)
        is_over = models.Q(attempted_at__lt=Now() - lease) | models.Q(attempted_at__gt=Now() + lease)
        return self.filter(processed_at=None, failed_at=None).filter(models.Q(attempted_at=None) | is_over)

    def waiting_for(self, turn: "Submission.Turn") -> "SubmissionQuerySet":
        """
        Submissions that wait for a turn (see ``turn``), those with the fewest before them on their receipt first.

        Twenty scans of one sender do not delay one of another. Otherwise the longest waiting come first; those of one
        day in no particular order.
        """
        is_large = models.Q(content__is_gzip=True) | models.Q(content__size__gt=Submission.LITTLE_BYTES)
        found = self.filter(is_large | models.Q(kind=Submission.Kind.DOCUMENT), channel=Submission.Channel.FORM)
        is_short = models.Q(
            kind__in=Submission.SHORT_KINDS, content__is_gzip=False, content__size__lte=Submission.SHORT_BYTES
        )
        found = found.filter(is_short if turn == Submission.Turn.SHORT else ~is_short)
        sent = Submission.receipts.through.objects.order_by()
        before = sent.filter(receipt=models.OuterRef("receipt"), pk__lt=models.OuterRef("pk")).values("receipt")
        counted = models.Subquery(before.values(number=models.Count("pk")))
        places = sent.filter(submission=models.OuterRef("pk")).values_list(Coalesce(counted, 0))
        return found.order_by(models.Subquery(places.order_by("pk")[:1]), "received_at", "pk")

    def visible_to(self, user: Any) -> "SubmissionQuerySet":
        """Return the submissions that a user may see: their own, or all with the permission to view them."""
        if user is None or not user.is_authenticated:
            return self.none()
        if user.has_perm("contracts.view_submission"):
            return self
        return self.filter(origin__user=user)


class Submission(models.Model):
    """
    Bytes that were sent, and the result of processing them.

    There is no state to get stuck in: facts with times are added, ``state`` is derived from them.
    """

    class Kind(models.TextChoices):
        OCDS = "ocds", _("OCDS")
        SIMPLE_CONTRACT = "simple_contract", _("simple contract")
        TABLE = "table", _("table")
        DOCUMENT = "document", _("document")
        BUNDLE = "bundle", _("bundle of files")

    class Channel(models.TextChoices):
        API = "api", _("API")
        COMMAND = "command", _("command")
        ADMIN = "admin", _("admin")
        FORM = "form", _("form")

    class Turn(StrEnum):
        """Of each turn, one submission of the form at a time is read."""

        SHORT = "short"  # documents and bundles that most likely take a minute or two
        LONG = "long"

    class Standing(models.TextChoices):
        """Treatment of releases whose publisher the sender does not speak for."""

        OPERATOR = "operator", _("speaks for every publisher")
        TRUSTED = "trusted", _("new contracts are accepted at once")
        HELD = "held", _("held until a person accepts them")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = models.ForeignKey(
        Content, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("content")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OCDS)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    publisher = models.ForeignKey(
        "contracts.Publisher", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("publisher")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    # The publishers that its sender spoke for on arrival: a grant that ends later does not affect earlier submissions.
    standing = models.CharField(_("standing of the sender"), max_length=10, choices=Standing, default=Standing.HELD)
    speaks_for = ArrayField(
        models.BigIntegerField(), verbose_name=_("speaks for"), default=list, blank=True, help_text=_("Publishers.")
    )
    mapping = models.JSONField(
        _("mapping of the sender"),
        default=dict,
        db_default={},
        blank=True,
        help_text=_("Which column of a table holds which fact, as its sender says."),
    )
    # The result
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    attempted_at = models.DateTimeField(_("last attempt"), null=True, blank=True)
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    failed_at = models.DateTimeField(_("failed"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)
    package = models.JSONField(
        _("package"),
        default=dict,
        blank=True,
        help_text=_("Metadata of the package, or the results for the sheets of a table."),
    )
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    problems = models.JSONField(_("problems"), default=list, blank=True, encoder=DjangoJSONEncoder)
    problem_count = models.PositiveIntegerField(_("number of problems"), default=0)
    ocids = models.JSONField(_("ocids"), default=list, blank=True, help_text=_("The first hundred."))
    erased_on = models.DateField(_("erased"), null=True, blank=True)

    objects = SubmissionQuerySet.as_manager()

    # Larger submissions may take longer than their sender waits.
    LITTLE_BYTES = 2 * 1024**2
    # A photo, some sixty scanned pages. A bundle is only opened: its files wait for turns of their own.
    SHORT_BYTES = 8 * 1024**2
    SHORT_KINDS = (Kind.DOCUMENT, Kind.BUNDLE)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-received_at"]
        permissions = [
            ("erase_submission", "Can erase submissions and their records"),
            ("retry_submission", "Can process failed submissions again"),
        ]
        indexes = [
            # the sweep: due submissions
            models.Index(
                fields=["attempted_at"], condition=models.Q(processed_at=None, failed_at=None), name="submission_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.received_at:%Y-%m-%d}"

    @property
    def is_little(self) -> bool:
        """Whether it is read in seconds: a small gzip may be large unpacked, and one page of a scan takes seconds."""
        is_quick = self.kind != self.Kind.DOCUMENT and not self.content.is_gzip
        return is_quick and self.content.size <= self.LITTLE_BYTES

    @property
    def is_busy(self) -> bool:
        """Whether a worker is processing it, by its lease."""
        is_open = self.processed_at is None and self.failed_at is None
        lease = timedelta(seconds=settings.VEEDOR_LEASE_SECONDS)
        return bool(is_open and self.attempted_at and self.attempted_at > timezone.now() - lease)

    def forget_result(self) -> None:
        """Clear everything that was read from it; not saved."""
        self.error, self.package, self.counts, self.problems, self.problem_count = "", {}, {}, [], 0

    @property
    def turn(self) -> Turn | None:
        """The turn that it waits for, until no other submission of the form with that turn is being read."""
        if self.channel != self.Channel.FORM or self.is_little:
            return None
        is_short = self.kind in self.SHORT_KINDS and not self.content.is_gzip
        return self.Turn.SHORT if is_short and self.content.size <= self.SHORT_BYTES else self.Turn.LONG

    @property
    def state(self) -> str:
        """``received``, ``processing``, ``processed`` or ``failed``, read from the facts."""
        if self.failed_at:
            return "failed"
        if self.processed_at:
            return "processed"
        return "processing" if self.attempted_at else "received"

    @property
    def sheets(self) -> list[dict[str, Any]]:
        """The result of each sheet of a table (``tables.reading.SheetRead``); none until it is processed."""
        return self.package.get("sheets", []) if self.kind == self.Kind.TABLE else []

    @property
    def given_mapping(self) -> GivenMapping | None:
        """The sender's mapping for the table, if there is one."""
        return convert(self.mapping, GivenMapping) if self.mapping else None

    @property
    def lacks_mapping(self) -> bool:
        """Whether it is a table that was read without finding known columns in any sheet."""
        return bool(self.processed_at and not self.erased_on and self.sheets) and not any(
            sheet["mapping"] for sheet in self.sheets
        )

    @property
    def found_problems(self) -> list[Problem]:
        return convert(self.problems, list[Problem])

    @property
    def failure(self) -> Problem | None:
        """Why it failed, if it did: ``error`` holds the code, or the text that an earlier version stored."""
        if not self.error:
            return None
        if self.error in DETAILS:
            return Problem(self.error, values={"number": self.attempts})
        return Problem("", AS_STORED, {"text": self.error})


class SubmissionOrigin(models.Model):
    """
    The sender of a submission and the name of the file: in a separate table, with a separate permission.

    File names often name people.
    """

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="origin", primary_key=True)
    user = person_field(_("user"), on_delete=models.SET_NULL, optional=True)
    file_name = models.TextField(_("file name"), blank=True)
    member_names = models.JSONField(
        _("names of the files in it"), default=dict, db_default={}, blank=True, help_text=_("By their numbers.")
    )

    class Meta:
        verbose_name = _("origin of a submission")
        verbose_name_plural = _("origins of submissions")

    def __str__(self) -> str:
        return str(self.user or "")


class TableMapping(models.Model):
    """A mapping stored for an account, used for tables with these headers. One for each set of headers."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = person_field(_("user"), on_delete=models.CASCADE, related_name="table_mappings")
    digest = models.CharField(_("digest of the headers"), max_length=64)
    mapping = models.JSONField(_("mapping"))

    class Meta:
        verbose_name = _("mapping of a table")
        verbose_name_plural = _("mappings of tables")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="table_mapping_once")]

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def given(self) -> GivenMapping:
        return convert(self.mapping, GivenMapping)


class IdempotencyKey(models.Model):
    """
    A client's key for a submission, so that a repeated request does not create a second one; removed after a day.

    `digest` is of account and key: the key itself is not stored.
    """

    digest = models.CharField(_("SHA-256"), max_length=64, primary_key=True)
    body_sha256 = models.CharField(_("SHA-256 of the body"), max_length=64)
    submission = models.ForeignKey(
        "contracts.Submission", on_delete=models.CASCADE, related_name="+", verbose_name=_("submission")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")

    def __str__(self) -> str:
        return self.digest[:12]


class SentBytes(models.Model):
    """
    The bytes that an account sent on the latest day, of UTC, on which it sent any.

    One row for each account, removed when its day is over: it must not become a log of when people sent something.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True, verbose_name=_("user")
    )
    day = models.DateField(_("day"))
    bytes = models.BigIntegerField(_("bytes"))

    class Meta:
        verbose_name = _("bytes sent")
        verbose_name_plural = _("bytes sent")

    def __str__(self) -> str:
        return f"{self.day}: {self.bytes}"
