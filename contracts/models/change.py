"""Changes of public records and of flags, numbered so that a reader can follow them without gaps."""

import pgtrigger
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from contracts.postgres.locks import lock_until_commit
from contracts.postgres.querying import execute

# Maximum number of changes numbered by one statement: those of a large load would exceed its time limit.
SLICE = 10_000
# Values written by a trigger of a table: the kind, in SQL of OLD and NEW, and the other columns.
_WRITE = "INSERT INTO contracts_change (kind, {columns}) VALUES ({kind}, {values}); RETURN NULL;"

# Changes that matter to a reader who cited a record; they are rare.
OF_RECORDS = ("removed", "record_merged", "record_parted")


class ChangeQuerySet(models.QuerySet["Change"]):
    def numbered(self) -> "ChangeQuerySet":
        """
        Number the changes committed since the last time, and return all numbered ones in order. A change gets its
        number once it is visible, by one call at a time: after reading up to a number, a reader finds all further
        changes after it, including those that began earlier but were committed later.
        """
        while _number_slice() == SLICE:
            pass
        return self.filter(number__isnull=False).order_by("number")

    def last_number(self) -> int:
        """Return the number of the last numbered change."""
        numbered = self.filter(number__isnull=False).order_by("-number")
        return numbered.values_list("number", flat=True).first() or 0


def _number_slice() -> int:
    """
    Number some of the changes without a number, and return how many; these numbers are final, whatever happens to the
    others.
    """
    with transaction.atomic():
        lock_until_commit(["changes"])
        return execute(
            """
            UPDATE contracts_change c SET number = given.number FROM (
                SELECT id, row_number() OVER (ORDER BY id)
                           + (SELECT coalesce(max(number), 0) FROM contracts_change) AS number
                FROM contracts_change WHERE number IS NULL ORDER BY id LIMIT %s
            ) given WHERE c.id = given.id
            """,
            [SLICE],
        )


class Change(models.Model):
    """
    A change of a public record or of a flag; written by the database, for changes by anybody.

    Records that were never public have no row; flags have, and ``audits`` knows who may see them.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("record published")
        AMENDED = "amended", _("record amended")
        REMOVED = "removed", _("no longer published")
        # The record lists other documents than before, or a person here published or withdrew its document.
        DOCUMENT_ADDED = "document_added", _("document added")
        DOCUMENT_REMOVED = "document_removed", _("document removed")
        FLAG_RAISED = "flag_raised", _("flag raised")
        FLAG_CHANGED = "flag_changed", _("flag changed")
        FLAG_DECIDED = "flag_decided", _("flag decided")
        FLAG_WITHDRAWN = "flag_withdrawn", _("flag withdrawn")
        # Its rule entered shadow.
        FLAG_REMOVED = "flag_removed", _("flag no longer shown")
        REPLY = "reply", _("reply")
        # The desk asked for comment on a flag, or entered the outcome.
        COMMENT_REQUEST = "comment_request", _("request for comment")
        # Another record counts for it in sums, as people decided.
        RECORD_MERGED = "record_merged", _("counted with another record")
        RECORD_PARTED = "record_parted", _("counted by itself again")
        ORGANIZATION_MERGED = "organization_merged", _("organization merged into another")
        ORGANIZATION_PARTED = "organization_parted", _("organization by itself again")

    number = models.BigIntegerField(_("number"), null=True, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    # No foreign keys: a change outlives its subject.
    ocid = models.TextField(_("ocid"), blank=True, default="", db_default="")
    flag_id = models.BigIntegerField(_("flag"), null=True)
    organization_id = models.BigIntegerField(_("organization"), null=True)
    at = models.DateTimeField(_("time"), db_default=models.functions.Now())

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(number=None), name="change_unnumbered"),
            # The changes of one record, and of its flags.
            models.Index(fields=["ocid"], condition=~models.Q(ocid=""), name="change_ocid"),
            models.Index(fields=["flag_id"], condition=models.Q(flag_id__isnull=False), name="change_flag"),
            # Records taken back, and changes of what sums count.
            models.Index(fields=["-id"], condition=models.Q(kind__in=OF_RECORDS), name="change_of_records"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ocid or self.flag_id or self.organization_id}"


def tells_new(kind: str, *, among: str = "true", **values: str) -> pgtrigger.Trigger:
    """
    Return a trigger that appends a change for each row that is new: one statement for all of them.

    :param kind: SQL of a kind
    :param among: SQL of the rows that are recorded
    :param values: column of the change → SQL, of ``added``
    """
    return pgtrigger.Trigger(
        name="tells_new",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),
        func=f"INSERT INTO contracts_change (kind, {', '.join(values)})"  # noqa: S608  -- our own columns
        f" SELECT {kind}, {', '.join(values.values())} FROM added WHERE {among} ORDER BY added.id; RETURN NULL;",
    )


def writes_changes(name: str, kind: str, *, condition: str, **values: str) -> pgtrigger.Trigger:
    """
    Return a trigger that appends a change for each changed row. It runs row by row, because most updates append
    nothing, and collecting all their rows in two tables first would cost more.

    :param kind: SQL of a kind, of OLD and NEW
    :param condition: SQL of the rows that changed
    :param values: column of the change → SQL
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"({condition})"),
        func=_WRITE.format(columns=", ".join(values), kind=kind, values=", ".join(values.values())),
    )


def organization_triggers() -> list[pgtrigger.Trigger]:
    kind = "CASE WHEN NEW.merged_into_id IS NULL THEN 'organization_parted' ELSE 'organization_merged' END"
    changed = "OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id"
    return [writes_changes("tells_body", kind, condition=changed, organization_id="NEW.id")]


_IS_PUBLIC = "{}.verification IN ('official', 'accepted')"


# The documents of a release: two stages may have documents with the same id.
_DOCUMENTS = """
    SELECT coalesce(named ->> 'id', named ->> 'url', named::text)
    FROM jsonb_path_query({}, 'strict $.**.documents[*]') AS named
"""


def _tells_documents(condition: str) -> pgtrigger.Trigger:
    """Return a trigger that records documents that an amended record adds or removes."""
    return pgtrigger.Trigger(
        name="tells_documents",  # after ``tells_changed``, by the alphabet
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        condition=pgtrigger.Condition(f"({condition})"),
        func=f"""
            INSERT INTO contracts_change (kind, ocid)
            SELECT kind, NEW.ocid FROM (VALUES
                ('document_added', NEW.compiled_release, OLD.compiled_release),
                ('document_removed', OLD.compiled_release, NEW.compiled_release)
            ) AS told(kind, one, other)
            WHERE EXISTS ({_DOCUMENTS.format("one")} EXCEPT ALL {_DOCUMENTS.format("other")});
            RETURN NULL;
        """,  # noqa: S608  -- our own columns
    )


def process_triggers() -> list[pgtrigger.Trigger]:
    old, new = _IS_PUBLIC.format("OLD"), _IS_PUBLIC.format("NEW")
    kind = f"CASE WHEN NOT ({new}) THEN 'removed' WHEN {old} THEN 'amended' ELSE 'created' END"
    changed = f"(({old}) <> ({new})) OR (({new}) AND OLD.digest IS DISTINCT FROM NEW.digest)"
    return [
        tells_new("'created'", among=_IS_PUBLIC.format("added"), ocid="added.ocid"),
        writes_changes("tells_changed", kind, condition=changed, ocid="NEW.ocid"),
        _tells_documents(f"({old}) AND ({new}) AND OLD.digest IS DISTINCT FROM NEW.digest"),
        writes_changes(
            "tells_same",
            "CASE WHEN NEW.same_as_id IS NULL THEN 'record_parted' ELSE 'record_merged' END",
            condition=f"({new}) AND OLD.same_as_id IS DISTINCT FROM NEW.same_as_id",
            ocid="NEW.ocid",
        ),
    ]
