from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Left, Upper
from django.utils.translation import gettext_lazy as _

from contracts.models.change import organization_triggers
from contracts.models.process import in_public_process, may_see_claims
from contracts.postgres.search import Searched, window

# Searches do not find natural persons by number: knowing a number must not reveal where it occurs.
_SEARCHED_NUMBER = models.Func(
    F("masked"),
    F("identifier"),
    template="(CASE %(expressions)s ELSE '' END)",
    arg_joiner=" WHEN '' THEN ",
    output_field=models.TextField(),
)
SEARCHED = Searched(
    "organization_words", ("name", "scheme", _SEARCHED_NUMBER), texts=("name", "scheme", _SEARCHED_NUMBER)
)

# Before the primary key, instead of the key of a natural person.
BY_ID = "id"

# Separates name and ocid in keys of organizations that are known only within one process; no folded name contains it.
OF_PROCESS = " @"
# Organizations known only within one process: no other record names them.
OF_ONE_PROCESS = models.Q(key__startswith="name:", key__contains=OF_PROCESS)
# Organizations are ordered by this many characters of their names.
NAME_START = 100
# The number at the end of a key, without punctuation.
NUMBER = models.Func(
    "key", models.Value(":"), models.Value(-1), function="split_part", output_field=models.TextField()
)


def shown_key(path: str = "") -> models.Expression:
    """
    Return the key that everybody may see of an organization, as an expression: ``id:123`` of a natural person.

    :param path: path from the row to the organization: ``process__buyer__``
    """
    own = [Value(f"{BY_ID}:"), Cast(f"{path}pk", models.TextField())]
    number = models.Func(
        *own, template="(%(expressions)s)", arg_joiner=" || ", output_field=models.TextField()
    )  # null without an organization
    return Case(When(**{f"{path}masked": ""}, then=F(f"{path}key")), default=number)


def shown_identifier(path: str = "") -> models.Expression:
    """Return the identifier that everybody may see of an organization, as an expression."""
    is_plain = Q(**{f"{path}masked": ""}) | Q(**{f"{path}identifier": ""})
    return Case(When(is_plain, then=F(f"{path}identifier")), default=F(f"{path}masked"))


def shown_party_id(column: str) -> models.Expression:
    """Return what everybody may see of the id of a party in its record, as an expression."""
    # The record of a merged organization has its own number, not that of the one kept.
    mask = Coalesce("named_as__masked", "organization__masked")
    hidden = models.Func(mask, Value(""), function="nullif", output_field=models.TextField())
    return Case(When(**{column: ""}, then=F(column)), default=Coalesce(hidden, column))


def is_of_one_process(key: str) -> bool:
    """Return whether ``OF_ONE_PROCESS`` holds for an organization of a key."""
    return key.startswith("name:") and OF_PROCESS in key


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: Any) -> "OrganizationQuerySet":
        """
        Return the organizations that a public process names; all, if the reader may view claims.

        Merged organizations are left out; ``bodies_of`` leads to the ones kept.
        """
        if may_see_claims(user):
            return self.filter(merged_into=None)
        # Evaluated for each row as it is read: with a join, PostgreSQL would read all processes for one page of rows.
        naming = Party.objects.filter(in_public_process(), organization=models.OuterRef("pk")).order_by()
        return self.alias(named=models.Subquery(naming.values("pk")[:1])).filter(named__isnull=False, merged_into=None)

    def named_to(self, user: Any) -> "OrganizationQuerySet":
        """
        Return the organizations, merged into others or not, whose names a reader may see: those that a public record
        names itself; all, if the reader may view claims.
        """
        if may_see_claims(user):
            return self.all()
        public = Party.objects.filter(in_public_process()).order_by().values("pk")
        own = public.filter(organization=models.OuterRef("pk"), named_as=None)
        merged = public.filter(named_as=models.OuterRef("pk"))
        return self.alias(own=models.Subquery(own[:1]), moved=models.Subquery(merged[:1])).filter(
            models.Q(own__isnull=False) | models.Q(moved__isnull=False)
        )

    def kept_of(self, pks: Iterable[int]) -> dict[int, int]:
        """Return, for each of these, the organization that is kept for its body: itself, if it was not merged."""
        found = self.filter(pk__any_of=set(pks), merged_into__isnull=False)
        return {pk: pk for pk in pks} | dict(found.values_list("pk", "merged_into"))

    def bodies_of(self, pks: Iterable[int]) -> list[int]:
        """Return the organizations that are one body with these: the one kept, and those merged into it."""
        kept = set(self.kept_of(pks).values())
        return sorted(kept.union(self.filter(merged_into__any_of=kept).values_list("pk", flat=True)))

    def now_named(self, pk: int) -> int:
        """
        Return the organization that public records now name in place of this one; itself, if they still name it or
        none is known.
        """
        seen: set[int] = set()
        while pk not in seen:
            seen.add(pk)
            named = FormerName.objects.filter(organization=pk).values_list("now", flat=True).first()
            if named is None or self.named_to(None).filter(pk=pk).exists():
                return pk
            pk = self.kept_of([named])[named]
        return pk

    def distinct_names(self, pks: Iterable[int]) -> dict[int, str]:
        """
        Return unambiguous names of organizations: namesakes are followed by their countries or, if that is not enough,
        by their keys.
        """
        found = self.filter(pk__any_of=set(pks)).in_bulk()
        names = {pk: str(row) for pk, row in found.items()}
        for behind in ("country", "shown_key"):
            known = Counter(names.values())
            for pk, row in found.items():
                if known[names[pk]] > 1:
                    names[pk] = f"{row} ({getattr(row, behind) or row.shown_key})"
        return names


class Organization(models.Model):
    """
    An organization, known by its identifier (scheme and number), else by its folded name within a country.

    ``key`` is that identity: ``MX-RFC:AAA010101AAA`` or ``name:MX:ayuntamiento de tula``; one named only by a kind of
    supplier exists within a single process, ``name:PE:persona natural @ocds-…``. ``roles`` are those in public
    processes; while there are none, only claims may have named it. ``merged_into`` is the organization that people
    decided to keep for the same body (``contracts.decisions.same_bodies``); that one is not merged itself. ``masked``
    is the public form of the number of a natural person, "" for any other organization.
    """

    key = models.TextField(_("key"), unique=True)
    name = models.TextField(_("name"))
    scheme = models.TextField(_("identifier scheme"), blank=True)
    identifier = models.TextField(_("identifier"), blank=True)
    masked = models.TextField(_("masked number"), blank=True, default="", db_default="")
    country = models.CharField(_("country"), max_length=2, blank=True)
    roles = ArrayField(models.TextField(), verbose_name=_("roles"), default=list, blank=True)

    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged",
        db_index=False,
        verbose_name=_("merged into"),
    )

    searched = SEARCHED

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        indexes = [
            models.Index(fields=["country", "id"], name="organization_country"),
            # the other filters of the list
            models.Index(Upper("scheme"), "id", name="organization_scheme"),
            models.Index(fields=["identifier"], name="organization_identifier"),
            models.Index(NUMBER, name="organization_number"),
            # the order of the page of a search; whole names may be longer than an index takes
            models.Index(Left("name", NAME_START), "id", name="organization_name"),
            GinIndex(fields=["roles"], name="organization_roles"),
            GinIndex(SEARCHED.words(), window(), name="organization_words_public"),
            models.Index(
                fields=["merged_into"], condition=models.Q(merged_into__isnull=False), name="organization_merged"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("pk")), name="organization_not_own_part"),
        ]
        triggers = organization_triggers()

    def __str__(self) -> str:
        return self.name or self.shown_key

    @property
    def shown_key(self) -> str:
        """The public form of the key."""
        return f"{BY_ID}:{self.pk}" if self.masked else self.key

    @property
    def shown_identifier(self) -> str:
        """The public form of the identifier."""
        return self.masked if self.masked and self.identifier else self.identifier

    @property
    def is_of_one_process(self) -> bool:
        """Whether its record does not identify it, so that no other record names the same organization."""
        return is_of_one_process(self.key)


class FormerName(models.Model):
    """
    An organization that a public record named, and the one that it names ``now`` for the same party.

    A later version may read a register's number where an earlier one saw a name, and publishers correct numbers. The
    address of the former redirects, once no record names it any more.
    """

    organization = models.OneToOneField(
        Organization, on_delete=models.CASCADE, primary_key=True, related_name="+", verbose_name=_("former")
    )
    now = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("now named")
    )

    class Meta:
        verbose_name = _("former name of an organization")
        verbose_name_plural = _("former names of organizations")

    def __str__(self) -> str:
        return f"{self.organization} → {self.now}"


# A party that finances a process, according to its record.
AS_FUNDER = models.Q(roles__contains=["funder"])


def financed_by(organizations: Iterable[int], process: str = "process") -> models.Q:
    """
    Return the condition that a row belongs to a process that one of some organizations finances.

    :param process: the column that holds the key of the process
    """
    financing = Party.objects.filter(AS_FUNDER, organization__any_of=list(organizations)).order_by()
    return models.Q(**{f"{process}__in": financing.values("process")})


class Party(models.Model):
    """
    An organization in a contracting process: its name in the record, and its roles. ``named_as`` is the one that the
    record names, if that was merged into ``organization``. ``member_of`` are the organizations of the process that the
    record says it is a member of: a consortium, or a larger body.
    """

    process = models.ForeignKey("contracts.ContractingProcess", on_delete=models.CASCADE, related_name="parties")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="parties")
    named_as = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("named as"),
    )
    party_id = models.TextField(_("OCDS id"), blank=True)
    name = models.TextField(_("name"), blank=True)
    roles = ArrayField(models.TextField(), verbose_name=_("roles"), default=list)
    member_of = ArrayField(
        models.BigIntegerField(), verbose_name=_("member of"), default=list, db_default=[], blank=True
    )
    path = models.TextField(_("JSON Pointer"))

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["process", "path"]
        indexes = [
            # whose processes a financier pays for
            models.Index(fields=["organization", "process"], condition=AS_FUNDER, name="party_funder"),
            models.Index(fields=["named_as"], condition=models.Q(named_as__isnull=False), name="party_named_as"),
            GinIndex(fields=["member_of"], name="party_member_of"),
        ]

    def __str__(self) -> str:
        return self.name
