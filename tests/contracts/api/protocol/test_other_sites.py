"""Other sites may read the API, and may not write with a reader's cookies."""

import pytest

pytestmark = pytest.mark.django_db
ORIGIN = "Access-Control-Allow-Origin"


@pytest.mark.parametrize("address", ["/api/v1/contracts/", "/api/v1/contracts/?nonsense=1"])
def test_a_page_of_another_site_may_read(anonymous, address):
    answer = anonymous.get(address, headers={"Origin": "https://news.example"})
    assert answer[ORIGIN] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    assert "X-Request-ID" in answer["Access-Control-Expose-Headers"]


@pytest.mark.parametrize(
    "address", ["contracts/", "me/searches/", "submissions/00000000-0000-0000-0000-000000000000/"]
)
def test_a_browser_asks_without_a_token_whether_it_may_send_one(anonymous, address):
    asked = {"Origin": "https://news.example", "Access-Control-Request-Method": "GET"}
    answer = anonymous.options(f"/api/v1/{address}", headers=asked)
    assert answer.status_code == 200
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert anonymous.get("/api/v1/me/searches/").status_code == 401


def test_a_page_of_another_site_may_not_write_nor_read_pages(anonymous):
    assert ORIGIN not in anonymous.post("/api/v1/submissions/", headers={"Origin": "https://news.example"})
    assert ORIGIN not in anonymous.get("/methodology/")


def test_what_has_not_changed_is_not_sent_again(anonymous):
    first = anonymous.get("/api/v1/contracts/")
    again = anonymous.get("/api/v1/contracts/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert anonymous.head("/api/v1/contracts/").status_code == 200
