"""The pages of rules at the time of decisions, because a later version is another text."""

import hashlib
from typing import Any

import rfc8785
from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.models.review import CHAIN
from audits.rules import RULES
from contracts.postgres.triggers import append_only


class RulePage(models.Model):
    """
    The page of a rule in one version: ``texts`` are language → title and page (Markdown).

    ``digest`` is the SHA-256 of code, version and texts as canonical JSON (RFC 8785); decisions hold it, and are
    chained. Kept with the first decision, never changed.
    """

    code = models.CharField(_("rule"), max_length=10)
    version = models.PositiveIntegerField(_("version of the rule"))
    texts = models.JSONField(_("texts"))
    digest = models.BinaryField(_("digest"), max_length=32, unique=True)
    kept_at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    class Meta:
        verbose_name = _("page of a rule")
        verbose_name_plural = _("pages of rules")
        ordering = ["pk"]
        triggers = append_only("pages of rules are never removed")

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @classmethod
    def of_version(cls, code: str, version: int) -> bytes | None:
        """
        Return the digest of the page of a rule in a version, and store it if that version is in force. Runs in the
        transaction of the decision.
        """
        rule = RULES.get(code)
        if rule is None or rule.version != version:
            digests = cls.objects.filter(code=code, version=version).order_by("-pk").values_list("digest", flat=True)
            return digests.first()
        texts = {language: {"title": text.title, "page": text.page} for language, text in sorted(rule.texts.items())}
        digest = digest_of(code, version, texts)
        if not cls.objects.filter(digest=digest).exists():
            # Lock the log first: a decision on many flags holds it already, and would wait for this page.
            CHAIN.hold()
            kept = RulePage(code=code, version=version, texts=texts, digest=digest)
            RulePage.objects.bulk_create([kept], ignore_conflicts=True)  # somebody else may have stored it before
        return digest


def digest_of(code: str, version: int, texts: dict[str, Any]) -> bytes:
    """Return the SHA-256 that names the page of a rule."""
    return hashlib.sha256(rfc8785.dumps({"code": code, "version": version, "texts": texts})).digest()
