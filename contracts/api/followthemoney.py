"""Contracts as FollowTheMoney entities in JSON Lines, for programs such as OpenAleph and yente."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.db import models
from django.urls import reverse

from contracts.api.addresses import ContractLink
from contracts.api.protocol.rendering import WholeList
from contracts.api.protocol.rows.columns import CHUNK_ROWS
from contracts.models import Organization
from contracts.models.organization import shown_key
from contracts.names.spelling import without_legal_form
from contracts.ocds.codelists.codes import buys
from contracts.ocds.folding import folded
from contracts.ocds.placeholders import is_of_anybody

MEDIA_TYPE = "application/x-followthemoney+ndjson"
# Longer names are left out.
MAX_NAME = 384
_COLUMNS = {
    "ocid": "process__ocid",
    "buyer": "process__buyer_id",
    "method": "process__procurement_method",
    "category": "process__category",
    "process_title": "process__title",
    "publisher": "process__publisher__name",
    "publisher_url": "process__publisher__source_url",
}
_OWN = ("pk", "basis", "contract_id", "award_id", "path", "title", "status", "amount", "currency", "date", "signed_on")
_MORE = ("starts_on", "ends_on", "suppliers")


class FollowTheMoneyRenderer(WholeList):
    media_type = MEDIA_TYPE
    format = "ftm"


def entity_lines(rows: models.QuerySet, absolute: Callable[[str], str]) -> Iterator[bytes]:
    """
    Yield the entities of contracts as JSON Lines: each organization once, before the first contract that names it.

    Numbers of natural persons are never included, neither directly nor as input of an id's digest.

    A contract is a Contract with a ContractAward for each supplier. The amount of a contract with several suppliers is
    only in the Contract, so that no sum counts it twice. There is no trailer line: readers of this format would parse
    it as an entity.

    :param rows: contracts visible to the reader, in their order
    :param absolute: makes an address of this site absolute
    """
    seen: set[int] = set()
    for some in _batches(rows.values(*_OWN, *_MORE, **{name: models.F(path) for name, path in _COLUMNS.items()})):
        named = {row["buyer"] for row in some if row["buyer"]} | {pk for row in some for pk in row["suppliers"]}
        organizations = Organization.objects.filter(pk__in=named)
        keys = dict(organizations.annotate(shown=shown_key()).values_list("pk", "shown"))
        new = Organization.objects.filter(pk__in=named - seen).prefetch_related("merged")
        for organization in new.order_by("pk"):
            yield _line(_organization(organization, absolute))
        seen |= named
        for row in some:
            yield from map(_line, _contract(row, keys, absolute))


def _batches(rows: models.QuerySet) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows.iterator(CHUNK_ROWS):
        some.append(row)
        if len(some) == CHUNK_ROWS:
            yield some
            some = []
    if some:
        yield some


def _organization(organization: Organization, absolute: Callable[[str], str]) -> dict[str, Any]:
    name = str(organization)
    if buys(organization.roles):
        schema = "PublicBody"
    else:
        # A supplier without a legal form in its name may be a person.
        schema = "Company" if without_legal_form(folded(name)) != folded(name) else "LegalEntity"
    address = f"{reverse('organizations')}{organization.pk}/"
    properties = {
        "name": name[:MAX_NAME],
        "alias": [row.name[:MAX_NAME] for row in organization.merged.all() if row.name != name],
        "country": organization.country.lower(),
        "registrationNumber": [
            row.identifier
            for row in (organization, *organization.merged.all())
            if not row.masked and not is_of_anybody(row.identifier)
        ],
        "sourceUrl": absolute(address),
    }
    return _entity(schema, "organization", organization.shown_key, properties)


def _contract(
    row: Mapping[str, Any], keys: Mapping[int, str], absolute: Callable[[str], str]
) -> Iterable[dict[str, Any]]:
    link = absolute(ContractLink().convert(row))
    origin = {"sourceUrl": link, "publisher": row["publisher"], "publisherUrl": row["publisher_url"]}
    value = {"amount": _written(row["amount"]), "currency": row["currency"]}
    title = row["title"] or row["process_title"] or row["contract_id"] or row["award_id"] or row["ocid"]
    contract = _entity(
        "Contract",
        "contract",
        link,
        {
            "name": title[:MAX_NAME],
            "title": title,
            "authority": _id("organization", keys[row["buyer"]]) if row["buyer"] in keys else None,
            **value,
            "contractDate": row["signed_on"],
            "procedureNumber": row["ocid"],
            "method": row["method"],
            "type": row["category"],
            "status": row["status"],
            **origin,
        },
    )
    yield contract
    suppliers = [pk for pk in dict.fromkeys(row["suppliers"]) if pk in keys]
    for supplier in suppliers:
        yield _entity(
            "ContractAward",
            "award",
            f"{link}\n{keys[supplier]}",
            {
                "contract": contract["id"],
                "supplier": _id("organization", keys[supplier]),
                **(value if len(suppliers) == 1 else {}),
                "date": row["date"],
                "startDate": row["starts_on"],
                "endDate": row["ends_on"],
                "role": "supplier",
                "status": row["status"],
                "recordId": row["award_id"],
                **origin,
            },
        )


def _written(amount: Decimal | None) -> str:
    """Return an amount as text without trailing zeros; empty if there is none."""
    text = "" if amount is None else f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _entity(schema: str, kind: str, identity: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entity; a property has one value, or a list of several."""
    several = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    written = {name: [str(value) for value in values if value] for name, values in several.items()}
    properties = {name: list(dict.fromkeys(values)) for name, values in written.items() if values}
    return {"id": _id(kind, identity), "schema": schema, "properties": properties}


def _id(kind: str, identity: str) -> str:
    """Return the id of an entity, which depends only on its address or key."""
    return f"veedor-{hashlib.sha256(f'{kind}:{identity}'.encode()).hexdigest()[:32]}"


def _line(entity: dict[str, Any]) -> bytes:
    return msgspec.json.encode(entity) + b"\n"
