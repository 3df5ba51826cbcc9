"""Deprecated parts of the API are announced to their users, and work until their day."""

from datetime import date
from xml.etree import ElementTree as ET

import msgspec
import pytest

from contracts.api.protocol.description import deprecation
from contracts.api.protocol.description.deprecation import CHANGELOG, Changelog, Deprecated, read_changelog
from tests.support.clients import Client

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def invented(monkeypatch):
    """A parameter and an address of which one is to go in a far year, and one is gone."""
    table = (
        Deprecated(parameter="nation", instead="country", since=date(2026, 1, 2), until=date(2999, 3, 4)),
        Deprecated(parameter="land", instead="country", since=date(2020, 1, 1), until=date(2021, 1, 1)),
        Deprecated(address=f"{API}stats/", instead=f"{API}figures/", since=date(2026, 5, 1), until=date(2999, 1, 1)),
    )
    monkeypatch.setattr(deprecation, "CHANGELOG", Changelog(table, CHANGELOG.changes))
    monkeypatch.setattr("contracts.api.changelog.CHANGELOG", Changelog(table, CHANGELOG.changes))


def get(address, **parameters):
    return Client().get(API + address, parameters)


@pytest.mark.parametrize("address", ["contracts/", "contracts.csv", "flags/"])
def test_a_deprecated_parameter_works_and_announces_its_removal(invented, address):
    answer = get(address, nation="PE")

    assert answer.status_code == 200
    assert answer["Deprecation"] == "@1767312000"
    assert answer["Sunset"] == "Mon, 04 Mar 2999 00:00:00 GMT"
    assert answer["Link"] == '<http://testserver/api/v1/changelog/>; rel="deprecation"; type="application/json"'
    assert get(address, nation="xx").json()["errors"][0]["parameter"] == "country"


def test_old_and_new_name_together_count_as_a_repeated_parameter(invented):
    answer = get("contracts/", nation="PE", country="CO")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "repeated_parameter")


def test_a_deprecated_parameter_is_unknown_after_its_day(invented):
    for address, name in (("contracts/", "land"), ("rules/", "nation")):
        answer = get(address, **{name: "PE"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_parameter")
        assert "Deprecation" not in answer


def test_a_deprecated_address_announces_its_removal(invented):
    assert get("stats/")["Deprecation"] == "@1777593600"
    assert "Deprecation" not in get("contracts/")


def test_the_changelog_lists_deprecations_in_the_readers_language(invented):
    listed = get("changelog/").json()
    assert [entry["parameter"] or entry["address"] for entry in listed["deprecated"]] == [
        "nation",
        "land",
        f"{API}stats/",
    ]
    texts = {
        language: Client().get(f"{API}changelog/", headers={"accept-language": language}).json()["changes"]
        for language in ("es", "pt", "en")
    }
    assert len({str(text) for text in texts.values()}) == 3
    assert {entry["kind"] for entry in texts["en"]} <= {"added", "changed", "deprecated", "removed"}


def test_the_changelog_is_a_feed_too_whose_entries_are_the_same_in_each_language():
    def entries(language):
        answer = Client().get(f"{API}changelog/feed.atom", headers={"accept-language": language})
        assert answer["Content-Type"].startswith("application/atom+xml")
        return ET.fromstring(answer.content).findall("{*}entry")

    found = {language: entries(language) for language in ("es", "pt", "en")}
    assert len(found["en"]) == len(CHANGELOG.changes)
    named = {language: [entry.findtext("{*}id") for entry in each] for language, each in found.items()}
    assert named["es"] == named["pt"] == named["en"]
    assert len(set(named["en"])) == len(named["en"])
    texts = {each[0].findtext("{*}summary") for each in found.values()}
    assert texts == {CHANGELOG.changes[0].en, CHANGELOG.changes[0].es, CHANGELOG.changes[0].pt}
    assert found["en"][0].findtext("{*}updated") == f"{CHANGELOG.changes[0].day}T00:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["changes: []", "deprecated: [{parameter: a}]\nchanges: []", "deprecated: []\nchanges: [{}]"]
)
def test_an_invalid_changelog_is_refused(text):
    with pytest.raises(msgspec.ValidationError):
        read_changelog(text)
