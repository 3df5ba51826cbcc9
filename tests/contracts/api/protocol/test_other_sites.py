"""Other sites may read the API, and may not write with a reader's cookies."""

import pytest

pytestmark = pytest.mark.django_db
ORIGIN = "Access-Control-Allow-Origin"


@pytest.mark.parametrize("address", ["/api/v1/contracts/", "/api/v1/contracts/?nonsense=1"])
def test_other_origins_may_read(anonymous, address):
    answer = anonymous.get(address, headers={"Origin": "https://news.example"})
    assert answer[ORIGIN] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "X-Request-ID" in answer["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "address", ["contracts/", "me/searches/", "submissions/00000000-0000-0000-0000-000000000000/"]
)
def test_preflight_requests_need_no_token(anonymous, address):
    asked = {"Origin": "https://news.example", "Access-Control-Request-Method": "GET"}
    answer = anonymous.options(f"/api/v1/{address}", headers=asked)
    assert answer.status_code == 200
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert anonymous.get("/api/v1/me/searches/").status_code == 401


def test_other_origins_may_not_write_or_read_pages(anonymous):
    assert ORIGIN not in anonymous.post("/api/v1/submissions/", headers={"Origin": "https://news.example"})
    assert ORIGIN not in anonymous.get("/methodology/")


def test_unchanged_responses_are_304_for_other_origins(anonymous):
    first = anonymous.get("/api/v1/contracts/")
    again = anonymous.get("/api/v1/contracts/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert anonymous.head("/api/v1/contracts/").status_code == 200
