"""Who sees which flags, by role, token and what the installation publishes."""

from collections import Counter
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from audits.models import Review
from audits.triage import review_flag
from contracts.api.protocol import list_view
from contracts.api.protocol.rows import shapes
from tests.audits.api.reading import ALL, FLAGS, states
from tests.support.clients import Client, client_with_token, new_user

pytestmark = pytest.mark.django_db
OPEN_TO_ALL = {"none": set(), "reviewed": {"confirmed"}, "all": {"new", "needs_information", "confirmed"}}


def readers() -> dict[tuple[str, bool], Client]:
    """Return every role, by token and in the browser, with whether it may see all flags."""
    roles = {
        "submitter": ("contracts.add_submission",),
        "journalist": (),
        "auditor": ("audits.view_flag",),
        "lead": ("audits.view_flag", "audits.change_flag"),
    }
    clients = {("anonymous", False): Client()}
    for role, permissions in roles.items():
        user = new_user(role, *permissions)
        browser = Client()
        browser.force_login(user)
        sees_all = role in {"auditor", "lead"}
        clients[f"{role} in the browser", sees_all] = browser
        clients[f"{role} by token", sees_all] = client_with_token(user, "read", "submit", "review")
        clients[f"{role} by a token without review", False] = client_with_token(user, "read", "submit")
    return clients


@pytest.mark.parametrize("publication", ["none", "reviewed", "all"])
def test_each_role_sees_what_the_publication_setting_allows(flags, settings, publication):
    settings.VEEDOR_PUBLICATION = publication
    assert flags.keys() == ALL
    for (role, sees_all), client in readers().items():
        expected = ALL if sees_all else OPEN_TO_ALL[publication]
        assert states(client) == expected, f"{role}: list"
        for state, flag in flags.items():
            seen = client.get(f"{FLAGS}{flag.pk}/").status_code
            # Where every flag is published until it is dismissed, a dismissed one was published.
            hidden = 410 if (publication, state) == ("all", "dismissed") else 404
            assert seen == (200 if state in expected else hidden), f"{role}: {state} flag"
            process = client.get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()
            assert {row["state"] for row in process["flags"]} == ({state} & expected), f"{role}: process"


@pytest.mark.parametrize("publication", ["none", "reviewed", "all"])
def test_no_filter_reveals_hidden_flags(flags, settings, anonymous, publication):
    settings.VEEDOR_PUBLICATION = publication
    for query in (
        "state=dismissed",
        "reviewed=true",
        "reviewed=false",
        "rule=R018",
        "ocid=ocds-test01-2",
        "q=limpieza",
    ):
        assert states(anonymous, f"flags/?{query}") <= OPEN_TO_ALL[publication]
        counted = anonymous.get(f"{FLAGS}?count=1&{query}").json()["count"]
        assert counted <= len(OPEN_TO_ALL[publication])


@pytest.mark.parametrize("publication", ["none", "reviewed", "all"])
def test_readers_of_all_flags_get_exact_counts(flags, settings, publication):
    settings.VEEDOR_PUBLICATION = publication
    browser = Client()
    browser.force_login(new_user("counting", "audits.view_flag"))
    stats = browser.get("/api/v1/stats/").json()
    each = dict.fromkeys(sorted(ALL), 1)
    assert stats["total"] == 4
    assert {state: number for state, number in stats["by_state"].items() if number} == each
    assert stats["by_rule"] == {"R018": each}
    assert stats["by_severity"] == {"medium": each}
    assert stats["by_country"] == {"MX": each}


@pytest.mark.parametrize("query", ["state=new", "state=confirmed,new", "state=dismissed"])
def test_an_unpublished_state_gives_a_warning(flags, settings, anonymous, auditor, query):
    settings.VEEDOR_PUBLICATION = "reviewed"
    answer = anonymous.get(f"{FLAGS}?{query}").json()
    assert {row["state"] for row in answer["results"]} == {"confirmed"} & set(query[6:].split(","))
    assert [entry["code"] for entry in answer["warnings"]] == ["not_public"]
    assert all(entry["rows"] is None for entry in answer["warnings"]), "no count tells of what is not public"
    assert auditor.get(f"{FLAGS}?{query}").json()["warnings"] == []


@pytest.mark.parametrize("listed", ["contracts", "contracting-processes", "flags"])
def test_filters_on_flags_warn_that_not_all_are_public(flags, settings, anonymous, auditor, listed):
    for publication in ("reviewed", "all", "none"):
        settings.VEEDOR_PUBLICATION = publication
        of_state = "decision" if listed == "flags" else "flag_state"
        for query in ("rule=R018", "rule=T01", f"{of_state}=dismissed", "q.evidence=bid"):
            address = f"/api/v1/{listed}/?{query}"
            told = [(entry["code"], entry["parameters"]) for entry in anonymous.get(address).json()["warnings"]]
            assert ("not_public", [query.partition("=")[0]]) in told, (publication, query)
            assert "not_public" not in str(auditor.get(address).json()["warnings"])
    assert "not_public" not in str(anonymous.get(f"/api/v1/{listed}/").json()["warnings"])


def test_a_workbook_explains_its_flags(flags, anonymous):
    for listed in ("contracts", "contracting-processes"):
        content = b"".join(anonymous.get(f"/api/v1/{listed}.xlsx").streaming_content)
        readme = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("README").to_python()
        (of_flags,) = (line for line in readme if line[0] == "flags")
        assert "you may see" in of_flags[3]


def test_decisions_are_public_without_author_and_reason(flags, anonymous):
    response = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/")
    assert [row["decision"] for row in response.json()["decisions"]] == ["confirmed"]
    assert b"Secret reason" not in response.content
    assert b"deciding lead" not in response.content


def test_a_reopened_flag_is_gone_instead_of_unknown(flags, anonymous, settings):
    confirmed = flags["confirmed"]
    assert anonymous.get(f"{FLAGS}{confirmed.pk}/").status_code == 200
    review_flag(flag=confirmed, reviewer=new_user("second"), decision=Review.Decision.IN_REVIEW)
    answer = anonymous.get(f"{FLAGS}{confirmed.pk}/", headers={"Accept-Language": "es"})
    assert (answer.status_code, answer.json()["code"]) == (410, "no_longer_published")
    assert "se publicó" in answer.json()["detail"]
    for never_shown in ("new", "dismissed", "needs_information"):
        assert anonymous.get(f"{FLAGS}{flags[never_shown].pk}/").status_code == 404
    settings.VEEDOR_PUBLICATION = "none"
    assert anonymous.get(f"{FLAGS}{confirmed.pk}/").status_code == 404
    settings.VEEDOR_PUBLICATION = "all"
    assert anonymous.get(f"{FLAGS}{confirmed.pk}/").status_code == 200
    assert anonymous.get(f"{FLAGS}{flags['dismissed'].pk}/").status_code == 410


def test_cached_sql_follows_the_publication_setting(anonymous, flags, settings, monkeypatch):
    monkeypatch.setattr(shapes, "_shapes", {})
    shaped = list_view.shaped
    for publication in (*OPEN_TO_ALL, *reversed(OPEN_TO_ALL)):
        settings.VEEDOR_PUBLICATION = publication
        for query in ("", "?rule=R018&order_by=-raised", "?severity=low&limit=1"):
            found = []
            for way in (shaped, lambda _view, _request: None):
                monkeypatch.setattr(list_view, "shaped", way)
                found.append(anonymous.get(FLAGS + query).content)
            assert found[0] == found[1]
        monkeypatch.setattr(list_view, "shaped", shaped)
        assert {entry["state"] for entry in anonymous.get(FLAGS).json()["results"]} == OPEN_TO_ALL[publication]
    # Nothing has a shape where nothing is published.
    assert Counter(shape is None for shape in shapes._shapes.values()) == {True: 3, False: 6}


def test_caches_separate_readers(flags, anonymous, auditor):
    address = f"/api/v1/contracting-processes/{flags['new'].process.ocid}/"
    public, private = anonymous.get(address), auditor.get(address)
    assert public["ETag"] != private["ETag"]
    assert private["Cache-Control"].startswith("private")
    spanish = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/", headers={"Accept-Language": "es"})
    english = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/", headers={"Accept-Language": "en"})
    assert spanish["ETag"] != english["ETag"]


@pytest.mark.parametrize("name", ["contracts", "contracting-processes", "organizations", "publishers", "flags"])
def test_every_list_can_use_prepared_statements(anonymous, flags, monkeypatch, name):
    monkeypatch.setattr(shapes, "_shapes", {})
    assert anonymous.get(f"/api/v1/{name}/").status_code == 200
    assert None not in shapes._shapes.values()
    assert len(shapes._shapes) == 1
