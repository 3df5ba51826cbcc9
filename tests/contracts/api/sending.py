"""Submissions that tests send to the API, and what is expected of the answers."""

import json
from typing import Any

from contracts.models import Content, PublisherGrant, Submission

ADDRESS = "/api/v1/submissions/"
SIMPLE = {
    "title": "Cámaras para la plaza",
    "buyer": {"name": "Municipalidad de Prueba", "country": "PE"},
    "supplier": "Proveedora Ficticia S.A.C.",
    "value": 1250000.50,
    "currency": "PEN",
    "date_signed": "2024-03-01",
    "method": "direct",
    "country": "PE",
}


def grant(user, publisher) -> PublisherGrant:
    """Let an account speak for a publisher."""
    return PublisherGrant.objects.create(user=user, publisher=publisher, granted_by=user)


def send(client, data, content_type: str = "application/json", address: str = ADDRESS, **options: Any):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.generic("POST", address, body, content_type=content_type, **options)


def problem(response, status: int, code: str) -> dict:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), response.content
    body = response.json()
    assert body["code"] == code
    assert body["status"] == status
    return body


def nothing_is_stored() -> bool:
    return not Submission.objects.exists() and not Content.objects.exists()
