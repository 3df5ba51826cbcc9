"""The parties of a contracting process as an include, and the roles of suppliers."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from rest_framework import serializers
from rest_framework.request import Request

from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.rows.columns import Word
from contracts.api.withheld import KEY_OF_PERSON, Withheld
from contracts.models import Organization, Party
from contracts.models.organization import shown_key, shown_party_id
from contracts.models.process import may_see_personal_data
from contracts.postgres.steady import steady

# Number of suppliers that share the amount of a contract equally, because no record states their parts.
SUPPLIERS = models.Func("suppliers", function="cardinality")
BUYER = "Name in the record: of the buyer, or else of the procuring entity, who then has no `buyer_id`."
BUYER_ID = "Id of the buyer; null if the record names none. Sums by buyer count those purchases under no buyer."
MEMBER_OF = (
    "Ids of organizations of the process that the party is a member of, according to the record: a "
    "consortium or a larger body."
)
KEY = (
    "Scheme and identifier (such as a tax number) of the organization, or else `name:`, country and name. "
    f"{KEY_OF_PERSON}"
)
REGION = "Region of the buyer's address, as in the record: a state, a province, a department."
SUPPLIER_ROLES = (
    "Role of each of `supplier_ids`, as far as the record shows it: `sole`; among several suppliers "
    "`lead` (a party with the role leadTenderer) or `member`; `consortium`, whose members are "
    "parties with `member_of`."
)


def _keys_of_suppliers(key: models.Expression | F) -> ArraySubquery:
    place = models.Func(OuterRef("suppliers"), F("pk"), function="array_position")
    suppliers = Organization.objects.filter(pk__any_of=OuterRef("suppliers")).alias(place=place).order_by("place")
    return ArraySubquery(suppliers.annotate(own=key).values("own"))


class _ShownSupplierKeys(serializers.ListField):
    child = Word()

    @staticmethod
    @steady
    def expression(_source: str) -> ArraySubquery:
        return _keys_of_suppliers(shown_key())


class SupplierKeys(Withheld, serializers.ListField):
    """The keys of the suppliers of a contract, in their order."""

    child = Word()
    public = _ShownSupplierKeys

    @staticmethod
    @steady
    def expression(_source: str) -> ArraySubquery:
        return _keys_of_suppliers(F("key"))


# Each supplier of a row by name, as an expression; "" if there are none. A row with several counts for each.
SUPPLIER_NAME = models.Func(
    "supplier_names",
    template="unnest(coalesce(nullif(%(expressions)s, '{}'), '{\"\"}'))",
    output_field=models.TextField(),
)


def each_supplier(among: Sequence[int] | None = None) -> models.Func:
    """Return an expression that expands the suppliers of a contract, optionally only some; null if there are none."""
    key = models.BigIntegerField()
    if among is None:
        template = "unnest(coalesce(nullif(%(expressions)s, '{}'), '{NULL}'))"
        return models.Func("suppliers", template=template, output_field=key)
    return models.Func(_those(among), function="unnest", output_field=key)


def number_of(among: Sequence[int]) -> models.Func:
    """Return an expression for the number of given suppliers among those of a contract."""
    return models.Func(_those(among), function="cardinality", output_field=models.IntegerField())


def _those(among: Sequence[int]) -> models.Func:
    """Return the suppliers of a contract that are among the given ones."""
    keys = ArrayField(models.BigIntegerField())
    return models.Func(
        "suppliers",
        models.Value(list(among), output_field=keys),
        template="ARRAY(SELECT unnest(%(expressions)s))",
        arg_joiner=") INTERSECT SELECT unnest(",
        output_field=keys,
    )


def role_of(supplier: int) -> models.Func:
    """Return an expression for the role of a supplier in a contract."""
    place = models.Func("suppliers", models.Value(supplier), function="array_position")
    return models.Func(
        "supplier_roles", place, template="(%(expressions)s]", arg_joiner=")[", output_field=models.TextField()
    )


_PARTY_COLUMNS = ("organization_id", "party_id", "name", "roles", "member_of", "path")


def parties_of(process: str) -> Callable[[Request], QuerySet]:
    """Return the include for the parties of a row's process; its key is in the column `process`."""

    def parties(request: Request) -> QuerySet:
        columns: dict[str, Any] = {name: name for name in _PARTY_COLUMNS}
        if not may_see_personal_data(effective_user(request)):
            columns["party_id"] = shown_party_id("party_id")
        row = JSONObject(**columns)
        return Party.objects.filter(process=OuterRef(process)).order_by("pk").values(json=row)

    return parties
