"""Searches that are saved, and what goes wrong with telling of them."""

from audits.following import webhooks

SEARCHES = "/api/v1/me/searches/"
PAGE = "/search/saved/"
HOOK = "https://newsroom.example/hook?desk=1"


def save(client, **members) -> dict:
    given = {"name": "Cameras in Mexico", "query": "country=MX&q=camaras", **members}
    answer = client.post(SEARCHES, given, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def refuse(*_arguments, **_options):
    raise ConnectionRefusedError


def not_delivered(*_arguments):
    raise webhooks.NotDeliveredError("HTTP 500", 500)
