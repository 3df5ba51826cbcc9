"""What a list of the API answers."""

import re

from audits.api.guide import SITE, guide_text

FLAGS = "/api/v1/flags/"
ALL = {"new", "needs_information", "confirmed", "dismissed"}
_ADDRESS = re.compile(rf"{re.escape(SITE)}(/[^\s'\"]*)")


def rows(client, address: str) -> list[dict]:
    """Return the rows of an address below ``/api/v1/``."""
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    return response.json()["results"]


def states(client, address: str = "flags/") -> set[str]:
    return {row["state"] for row in rows(client, address)}


def examples(language: str) -> list[str]:
    return _ADDRESS.findall(guide_text(language))
