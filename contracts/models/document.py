"""Documents that were read, their pages, and their attachments."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from msgspec import convert

from contracts.documents.texts import ReadPage
from contracts.models.claim import Claim, ClaimDecision
from contracts.models.person import person_field
from contracts.models.release import Release
from contracts.ocds.problems import Problem
from contracts.postgres.search import Searched, window

SEARCHED = Searched("page_words", ("text",), texts=("text",))


class DocumentQuerySet(models.QuerySet["Document"]):
    def of_no_contract(self) -> "DocumentQuerySet":
        """Return documents that were read, but are in no rule's input until a person says what they are about."""
        sent = Attachment.objects.of_one_contract().filter(
            submission__content=models.OuterRef("pk"), submission__erased_on=None
        )
        return self.filter(~models.Exists(sent), reader_version__gt=0)


class Document(models.Model):
    """
    A document, unique by SHA-256, and how much of it could be read.

    ``content`` has the bytes as they arrived, sealed: they are never served. ``cleaned`` has the copy without
    metadata, which is served instead, and to everyone only once a person published it.
    """

    content = models.OneToOneField(
        "contracts.Content",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="document",
        verbose_name=_("content"),
    )
    cleaned = models.ForeignKey(
        "contracts.Content",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cleaned_documents",
        verbose_name=_("cleaned copy"),
    )
    kind = models.CharField(_("kind"), max_length=10)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    pages_read = models.PositiveIntegerField(_("pages read"), default=0)
    ocr_pages = models.PositiveIntegerField(_("pages recognised"), default=0)
    removed_metadata = models.JSONField(
        _("metadata left out of the copy"), default=list, blank=True, help_text=_("Names of fields, never values.")
    )
    problems = models.JSONField(_("problems"), default=list, blank=True)
    reader_version = models.PositiveSmallIntegerField(_("version of the reader"), default=0)
    read_on = models.DateField(_("read on"), null=True, blank=True)
    published_on = models.DateField(_("published"), null=True, blank=True)
    published_by = person_field(_("published by"), optional=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-read_on", "pk"]
        permissions = [("publish_document", "Can publish cleaned copies of documents")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(published_on=None, published_by=None)
                | models.Q(published_on__isnull=False, published_by__isnull=False),
                name="document_published_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.content_id[:12]}"

    @property
    def found_problems(self) -> list[Problem]:
        return convert(self.problems, list[Problem])


class DocumentPageQuerySet(models.QuerySet["DocumentPage"]):
    def visible_to(self, reader: Any) -> "DocumentPageQuerySet":
        """Return the pages whose text a reader may read: of documents that a person published, at the desk all."""
        return (
            self if reader.has_perm("contracts.view_document") else self.filter(document__published_on__isnull=False)
        )


class DocumentPage(models.Model):
    """
    The text of a page, stored as soon as it is read; formats without pages (DOCX, ODT, RTF, text) are divided into
    stretches of paragraphs.

    ``number`` counts from 1, ``offset`` is the place of its first character in the text of the whole document.
    ``places`` has the positions of its words on its picture, see ``contracts.documents.places``; ``paragraphs`` has,
    for each paragraph, its first character in the text and its number in the document.
    """

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="texts")
    number = models.PositiveIntegerField()
    offset = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    source = models.CharField(max_length=4, blank=True)
    places = models.BinaryField(default=b"", db_default=b"")
    paragraphs = models.JSONField(default=list, db_default=[], blank=True)

    searched = SEARCHED
    objects = DocumentPageQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_page_unique")]
        # what is searched for in documents
        indexes = [GinIndex(SEARCHED.words(), window(), name="page_words_newest")]

    def __str__(self) -> str:
        return f"{self.document_id[:12]}/{self.number}"

    @property
    def as_read(self) -> ReadPage:
        """The page as rules read it."""
        paragraphs = tuple((first, number) for first, number in self.paragraphs)
        return ReadPage(self.number, self.text, self.source, bytes(self.places), paragraphs)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def newest(self) -> int:
        """Return the primary key of the newest document, 0 if there is none."""
        found: int = self.aggregate(newest=models.Max("pk", default=0))["newest"]
        return found

    def in_use(self) -> "AttachmentQuerySet":
        """
        Return attachments made by a person, or whose releases or claims are valid, whoever sent these first. Those of
        rejected claims are deleted with their releases.
        """
        about = models.OuterRef("about")
        claims = Claim.objects.exclude(decision__kind=ClaimDecision.Kind.REJECTED)
        of_record = models.Exists(Release.objects.filter(submission=about))
        # With both in one condition, PostgreSQL would scan all claims for each attachment.
        told = models.Exists(claims.filter(submission=about))
        told_again = models.Exists(claims.filter(repeated_by=about))
        return self.filter(~models.Q(ocid="") | of_record | told | told_again)

    def of_one_contract(self) -> "AttachmentQuerySet":
        """
        Return attachments to a process, or to a submission of one contract; one that was erased had one.

        What strangers sent with a contract that was public by then, or that nobody decided on as its publisher sent
        the same, is about none until a person says so.
        """
        about = models.OuterRef("about")
        seen = models.Q(decision__decided_by__isnull=False, decision__last_attachment__gte=models.OuterRef("pk"))
        trusted = models.Q(submission__standing="trusted")  # of `Submission.Standing`, which needs this module
        accepted = Claim.objects.accepted()
        own, others = accepted.exclude(seen | trusted), accepted.exclude(seen)
        unseen = models.Exists(own.filter(submission=about)) | models.Exists(others.filter(repeated_by=about))
        one = models.Q(about__ocids__0__isnull=False, about__ocids__1__isnull=True)
        told_of_one = (one | models.Q(about__erased_on__isnull=False)) & ~models.Q(unseen)
        return self.in_use().filter(~models.Q(ocid="") | told_of_one)


class Attachment(models.Model):
    """
    The submission that a document was sent with, or the process to which a person attached it. ``about`` is the
    submission: the document belongs to the processes made from its releases. ``ocid`` names the row of the process to
    which a person attached it, ``url`` the link of the record for which it is the file.
    """

    submission = models.ForeignKey(
        "contracts.Submission", on_delete=models.CASCADE, related_name="attachments", verbose_name=_("submission")
    )
    about = models.ForeignKey(
        "contracts.Submission",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="attached",
        verbose_name=_("sent with"),
    )
    ocid = models.TextField(_("ocid"), blank=True)
    url = models.TextField(_("link"), blank=True)
    attached_on = models.DateField(_("attached"))
    attached_by = person_field(_("attached by"), optional=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "about", "ocid", "url"], name="attachment_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(about=None) ^ models.Q(ocid=""), name="attachment_of_one"),
        ]
        indexes = [models.Index(fields=["ocid"], condition=~models.Q(ocid=""), name="attachment_ocid")]

    def __str__(self) -> str:
        return self.ocid or str(self.about_id)
