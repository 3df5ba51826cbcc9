"""Links with tracking parameters."""

import pytest

from contracts.ocds.links import without_trackers
from contracts.ocds.written.simple import read_simple


@pytest.mark.parametrize(
    ("link", "clean"),
    [
        ("https://a.example/c?id=7&fbclid=IwAR1", "https://a.example/c?id=7"),
        ("https://a.example/c?utm_source=x&utm_campaign=y", "https://a.example/c"),
        ("https://a.example/c?MC_EID=9f&b=%20ñ#p", "https://a.example/c?b=%20ñ#p"),
        ("www.a.example/c?fbclid=1", "https://www.a.example/c"),
        ("https://ana:clave@a.example/c", "https://a.example/c"),
        ("https://docs.example/d/1/edit?usp=sharing&ouid=117", "https://docs.example/d/1/edit?usp=sharing"),
    ],
)
def test_what_tells_who_passed_it_on_is_left_out(link, clean):
    assert without_trackers(link) == clean


@pytest.mark.parametrize(
    "link",
    [
        "https://a.example/c?id=7&id=8&x&=&utm=5",
        "https://a.example/?q=fbclid=1",
        "HTTPS://A.example/c?#",
        "https://[broken",
        "no link",
    ],
)
def test_all_else_stays_as_it_is_written(link):
    assert without_trackers(link) == link


def test_a_simple_contract_has_its_links_without_and_says_so():
    read = read_simple(
        {
            "title": "Nube",
            "buyer": "Muni",
            "source_url": "https://a.example/?fbclid=1",
            "documents": ["https://a.example/d?mc_eid=2", {"title": "Bases", "url": "https://a.example/b"}],
        }
    )
    urls = [document["url"] for document in read.release["tender"]["documents"]]
    assert urls == ["https://a.example/", "https://a.example/d", "https://a.example/b"]
    assert [(fact.pointer, fact.used) for fact in read.understood] == [
        ("/source_url", "https://a.example/"),
        ("/documents/0", "https://a.example/d"),
    ]
