"""Submissions created from the files in a ZIP or an e-mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.submission import Submission


class BundleMember(models.Model):
    """
    A stored file of a bundle, with its number, and the submission created from it. ``is_new`` if its sender had not
    sent it separately before: then it is deleted with the bundle.
    """

    bundle = models.ForeignKey(
        Submission,
        on_delete=models.CASCADE,
        related_name="members",
        verbose_name=_("bundle of files"),
        db_index=False,  # the constraint has one that begins with it
    )
    number = models.PositiveIntegerField(_("number"))
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="in_bundles", verbose_name=_("submission")
    )
    is_new = models.BooleanField(_("came in it alone"), default=True)

    class Meta:
        verbose_name = _("file in a bundle")
        verbose_name_plural = _("files in bundles")
        ordering = ["bundle", "number"]
        constraints = [models.UniqueConstraint(fields=["bundle", "number"], name="bundle_member_once")]

    def __str__(self) -> str:
        return f"{self.bundle_id}/{self.number}"
