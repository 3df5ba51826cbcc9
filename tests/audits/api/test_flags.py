import json
from collections import Counter

import pytest

from audits.engine import processes
from audits.facts.technology.clauses import READING_DOCUMENTS
from audits.judging.rule.vocabulary import Evidence, OutcomeKind, Subject
from audits.models import Audit, Flag, Review, RuleOverride
from audits.reports.rule_health import context_rules
from audits.rules import RULES, rules_about
from audits.triage import review_flag
from contracts.api.protocol import shapes, views
from contracts.models import ContractingProcess, Organization
from tests.contracts.api.conftest import Client, client_with_token, make_user
from tests.support.records import load, release
from tests.support.triage import raise_flag

pytestmark = pytest.mark.django_db
FLAGS = "/api/v1/flags/"
PROCESS = "/api/v1/contracting-processes/ocds-test01-1/"
OPEN_TO_ALL = {"none": set(), "reviewed": {"confirmed"}, "all": {"new", "needs_information", "confirmed"}}
ALL = {"new", "needs_information", "confirmed", "dismissed"}


def audit() -> None:
    for batch in processes.due_batches():
        processes.audit_due(batch)


@pytest.fixture
def anonymous() -> Client:
    return Client()


@pytest.fixture
def auditor(db) -> Client:
    return client_with_token(make_user("auditor", "audits.view_flag"), "read", "review")


@pytest.fixture
def flags(db) -> dict[str, Flag]:
    """State → the one flag in that state, each of a process of its own (numbered 1 to 4)."""
    load(*[release(f"ocds-test01-{number}") for number in range(1, 5)])
    audit()
    raised = list(Flag.objects.filter(rule="R018").order_by("process__ocid"))
    assert Flag.objects.count() == 4 == len(raised)
    lead = make_user("deciding lead")
    for flag, decision in zip(raised, ["confirmed", "dismissed", "needs_information"], strict=False):
        review_flag(flag=flag, reviewer=lead, decision=Review.Decision(decision), reason="Secret reason")
    return {flag.state: flag for flag in Flag.objects.all()}


def states(client, address: str = FLAGS) -> set[str]:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return {row["state"] for row in response.json()["results"]}


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
        user = make_user(role, *permissions)
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
def test_no_filter_finds_what_may_not_be_seen(flags, settings, anonymous, publication):
    settings.VEEDOR_PUBLICATION = publication
    for query in (
        "state=dismissed",
        "reviewed=true",
        "reviewed=false",
        "rule=R018",
        "ocid=ocds-test01-2",
        "q=limpieza",
    ):
        assert states(anonymous, f"{FLAGS}?{query}") <= OPEN_TO_ALL[publication]
        counted = anonymous.get(f"{FLAGS}?count=1&{query}").json()["count"]
        assert counted <= len(OPEN_TO_ALL[publication])


@pytest.mark.parametrize("publication", ["none", "reviewed", "all"])
def test_who_may_see_all_flags_is_given_exact_counts(flags, settings, publication):
    settings.VEEDOR_PUBLICATION = publication
    browser = Client()
    browser.force_login(make_user("counting", "audits.view_flag"))
    stats = browser.get("/api/v1/stats/").json()
    each = dict.fromkeys(sorted(ALL), 1)
    assert stats["total"] == 4
    assert {state: number for state, number in stats["by_state"].items() if number} == each
    assert stats["by_rule"] == {"R018": each}
    assert stats["by_severity"] == {"medium": each}
    assert stats["by_country"] == {"MX": each}


def test_a_flag_that_no_person_decided_is_marked_wherever_it_appears(flags, auditor):
    marked = {row["state"]: row["reviewed"] for row in auditor.get(FLAGS).json()["results"]}
    assert marked == {"new": False, "needs_information": False, "confirmed": True, "dismissed": True}
    for state, flag in flags.items():
        assert auditor.get(f"{FLAGS}{flag.pk}/").json()["reviewed"] is marked[state]
        process = auditor.get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()
        assert [row["reviewed"] for row in process["flags"]] == [marked[state]]


@pytest.mark.parametrize("query", ["state=new", "state=confirmed,new", "state=dismissed"])
def test_a_state_that_is_not_published_is_told_instead_of_nothing(flags, settings, anonymous, auditor, query):
    settings.VEEDOR_PUBLICATION = "reviewed"
    answer = anonymous.get(f"{FLAGS}?{query}").json()
    assert {row["state"] for row in answer["results"]} == {"confirmed"} & set(query[6:].split(","))
    assert [entry["code"] for entry in answer["warnings"]] == ["not_public"]
    assert all(entry["rows"] is None for entry in answer["warnings"]), "no count tells of what is not public"
    assert auditor.get(f"{FLAGS}?{query}").json()["warnings"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("currency=MXN&amount__gte=900&method=open", ALL),
        ("amount__gte=901", set()),
        ("award_date__gte=2024-04-01&date_signed__lte=2024-04-10", ALL),
        ("date_signed__lte=2024-04-09", set()),
        ("rule=R018,T04&severity=high,medium,low", ALL),
        ("state=new,confirmed", {"new", "confirmed"}),
        ("buyer=MX-RFC:MPR850101AAA&category=none", ALL),
    ],
)
def test_flags_are_found_by_what_their_processes_are(flags, auditor, query, expected):
    assert states(auditor, f"{FLAGS}?{query}") == expected


def test_a_page_of_flags_is_one_query(flags, settings, anonymous, django_assert_num_queries):
    settings.VEEDOR_PUBLICATION = "all"
    with django_assert_num_queries(1):
        assert len(anonymous.get(FLAGS).json()["results"]) == 3


def test_a_flag_speaks_the_readers_language(flags, auditor):
    flag = flags["new"]
    heard = {}
    for language in ("es", "pt", "en"):
        response = auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": f"{language};q=0.9, de;q=0.1"})
        assert response["Content-Language"] == {"pt": "pt-br"}.get(language, language)
        heard[language] = response.json()["sentence"]
        assert heard[language] == flag.render(language)
    assert len(set(heard.values())) == 3
    assert auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": "de"}).json()["sentence"] == heard["en"]
    assert auditor.get(f"{FLAGS}{flag.pk}/", headers={"Accept-Language": "x" * 10_000}).status_code == 200


def test_a_flag_can_be_traced(flags, auditor):
    flag = flags["confirmed"]
    body = auditor.get(f"{FLAGS}{flag.pk}/").json()
    assert (body["rule"], body["rule_version"]) == ("R018", RULES["R018"].version)
    assert auditor.get(body["rule_url"]).json()["code"] == "R018"
    assert auditor.get(body["process_url"]).json()["ocid"] == body["ocid"]
    assert body["parameters"] == flag.parameters
    assert body["values"] == flag.values
    assert [entry["path"] for entry in body["evidence"]] == ["/tender/numberOfTenderers", "/tender/procurementMethod"]
    compiled = auditor.get(body["process_url"]).json()["compiled_release"]
    assert body["evidence"][0]["value"] == compiled["tender"]["numberOfTenderers"]
    audit_row = flag.last_audit
    assert body["rule_set_digest"] == bytes(audit_row.ruleset_digest).hex()
    assert body["dossier_digest"] == bytes(audit_row.dossier_digest).hex()
    assert body["release_digest"] == bytes(audit_row.process_digest).hex()


def test_a_decision_is_public_but_not_who_took_it_and_why(flags, anonymous):
    response = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/")
    assert [row["decision"] for row in response.json()["decisions"]] == ["confirmed"]
    assert b"Secret reason" not in response.content
    assert b"deciding lead" not in response.content


def test_a_confirmed_flag_whose_record_changed_stays_public_and_says_so(flags, anonymous, auditor):
    """What was confirmed is shown, with a notice, until a person looks again."""
    before = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/").json()
    assert before["notice"] == ""
    tender = {**release()["tender"], "numberOfTenderers": 1, "procurementMethod": "selective"}
    load(release("ocds-test01-1", id="2", date="2025-01-01T00:00:00Z", tender=tender))
    audit()
    flag = Flag.objects.get(pk=flags["confirmed"].pk)
    assert flag.state == Flag.State.CHANGED
    now = anonymous.get(f"{FLAGS}{flag.pk}/").json()
    assert now["notice"] == "Changed since it was confirmed: the record changed. Nobody has looked again yet."
    assert now["changed_because"] == "record"
    for part in ("sentence", "evidence", "values", "parameters", "severity", "rule_version"):
        assert now[part] == before[part], part
    assert flag.values != now["values"]
    assert flag.render("en") != now["sentence"]
    review_flag(flag=flag, reviewer=make_user("second"), decision=Review.Decision.DISMISSED, reason="No longer so.")
    assert anonymous.get(f"{FLAGS}{flag.pk}/").status_code == 410


def test_a_confirmed_flag_that_is_withdrawn_stays_public_with_its_cause(flags, anonymous):
    """A later release makes the question fall away: nobody can take a confirmed flag off the public site so."""
    tender = {**release()["tender"], "numberOfTenderers": 5, "procurementMethod": "open"}
    load(release("ocds-test01-1", id="2", date="2025-01-01T00:00:00Z", tender=tender))
    audit()
    flag = Flag.objects.get(pk=flags["confirmed"].pk)
    assert (flag.state, flag.withdrawn_because) == (Flag.State.WITHDRAWN, Flag.Cause.RECORD)
    answer = anonymous.get(f"{FLAGS}{flag.pk}/").json()
    assert (answer["withdrawn_because"], answer["state"]) == ("record", "withdrawn")
    assert answer["notice"].startswith("No longer raised since it was confirmed: the record changed.")
    assert states(anonymous) == {"withdrawn"}
    review_flag(flag=flag, reviewer=make_user("second"), decision=Review.Decision.DISMISSED, reason="No longer so.")
    assert states(anonymous) == set()


def test_the_cause_of_a_withdrawal_is_kept(flags):
    RuleOverride.objects.create(rule="R018", source="test")
    audit()
    assert set(Flag.objects.values_list("withdrawn_because", flat=True)) == {Flag.Cause.RULE_OFF.value}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("rule=R018", ALL),
        ("severity=medium", ALL),
        ("severity=high", set()),
        ("state=new", {"new"}),
        ("reviewed=true", {"confirmed", "dismissed"}),
        ("reviewed=false", {"new", "needs_information"}),
        ("ocid=ocds-test01-1", {"confirmed"}),
        ("country=MX", ALL),
        ("country=PE", set()),
        ("buyer=MX-RFC:MPR850101AAA", ALL),
        ("buyer=MX-RFC:0", set()),
        ("raised__gte=2020-01-01", ALL),
        ("raised__lte=2020-01-01", set()),
        ("q=LIMPIEZA", ALL),
        ("q=camaras", set()),
    ],
)
def test_flags_are_filtered(flags, auditor, query, expected):
    assert states(auditor, f"{FLAGS}?{query}") == expected


def test_flags_of_a_buyer_are_found_by_its_id(flags, auditor):
    buyer = Organization.objects.get(key="MX-RFC:MPR850101AAA")
    assert states(auditor, f"{FLAGS}?buyer={buyer.pk}") == ALL
    assert states(auditor, f"{FLAGS}?supplier={buyer.pk}") == set()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("rule=X99", "rule"), ("severity=terrible", "severity"), ("state=guilty", "state"), ("reviewed=x", "reviewed")],
)
def test_a_choice_that_is_not_there_is_refused_with_those_that_are(auditor, query, parameter):
    response = auditor.get(f"{FLAGS}?{query}")
    assert response.status_code == 400
    (error,) = response.json()["errors"]
    assert error["parameter"] == parameter
    assert error["allowed"]


def test_everyone_reads_which_rules_could_not_be_asked_and_nothing_else_of_outcomes(flags, anonymous):
    address = f"{PROCESS}?fields=not_asked,outcomes"
    body = anonymous.get(address).json()
    (audit,) = Audit.objects.filter(process__ocid="ocds-test01-1", is_current=True)
    lacking = {
        code: outcome["field"]
        for code, outcome in audit.outcomes.items()
        if outcome["kind"] == OutcomeKind.INSUFFICIENT_DATA
        and outcome.get("field", "").startswith("/")
        and code not in READING_DOCUMENTS
    }
    assert lacking
    assert body["outcomes"] is None
    assert {row["rule"]: row["field"] for row in body["not_asked"]} == lacking
    assert body["not_asked"][0]["rule_url"] == f"/api/v1/rules/{body['not_asked'][0]['rule']}/"
    assert {row["rule"]: row["reason"] for row in body["not_asked"]} == {
        code: audit.outcomes[code]["reason"] for code in lacking
    }


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_why_a_rule_could_not_be_asked_is_told_in_the_readers_language(flags, anonymous, language):
    Audit.objects.filter(process__ocid="ocds-test01-1", is_current=True).update(
        outcomes={
            "R018": {
                "kind": "insufficient_data",
                "field": "/tender/tenderers",
                "reason": "buyer_listed",
                "values": {"buyer": "Liceo"},
            }
        }
    )
    (row,) = anonymous.get(f"{PROCESS}?fields=not_asked", headers={"accept-language": language}).json()["not_asked"]
    assert row["why"] == RULES["R018"].text(language).reasons["buyer_listed"].format(buyer="Liceo")


def test_a_process_counts_the_outcomes_of_its_rules_for_auditors(flags, auditor):
    body = auditor.get(PROCESS).json()
    assert set(body["outcomes"]) == {kind.value for kind in OutcomeKind}
    assert body["outcomes"]["flagged"] == 1
    assert sum(body["outcomes"].values()) == len(rules_about(Subject.PROCESS))
    assert body["audited"] is not None
    assert "R018" not in json.dumps(body["outcomes"])


def test_a_process_that_no_rule_has_seen_yet_says_so(anonymous):
    load(release())
    assert not Audit.objects.exists()
    body = anonymous.get(PROCESS).json()
    assert (body["audited"], body["outcomes"], body["flags"]) == (None, None, [])


def test_a_process_takes_the_same_queries_however_many_flags(flags, settings, anonymous, django_assert_num_queries):
    settings.VEEDOR_PUBLICATION = "all"
    context_rules()  # known for a minute
    with django_assert_num_queries(9):
        assert anonymous.get(PROCESS).json()["flags"]


def test_caches_tell_readers_apart(flags, anonymous, auditor):
    address = f"/api/v1/contracting-processes/{flags['new'].process.ocid}/"
    public, private = anonymous.get(address), auditor.get(address)
    assert public["ETag"] != private["ETag"]
    assert private["Cache-Control"].startswith("private")
    spanish = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/", headers={"Accept-Language": "es"})
    english = anonymous.get(f"{FLAGS}{flags['confirmed'].pk}/", headers={"Accept-Language": "en"})
    assert spanish["ETag"] != english["ETag"]


def test_a_flag_that_was_published_and_is_under_review_again_says_so(flags, anonymous, settings):
    confirmed = flags["confirmed"]
    assert anonymous.get(f"{FLAGS}{confirmed.pk}/").status_code == 200
    review_flag(flag=confirmed, reviewer=make_user("second"), decision=Review.Decision.IN_REVIEW)
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


def test_evidence_has_words_and_the_addresses_of_other_processes(auditor):
    load(release("ocds-test01-1"))
    flag = raise_flag(
        ContractingProcess.objects.get(),
        Evidence("/tender/numberOfTenderers", 1, note="validBids"),
        Evidence("/ocid", "ocds/other 1", ocid="ocds/other 1"),
    )

    said, other = auditor.get(f"{FLAGS}{flag.pk}/", headers={"accept-language": "es"}).json()["evidence"]

    assert (said["place"], said["says"], said["process_url"]) == (
        "Licitación: número de oferentes",
        "ofertas válidas contadas",
        "",
    )
    assert other["process_url"] == "/api/v1/contracting-processes/ocds%2Fother%201/"


def test_pages_whose_sql_is_written_once_show_what_the_installation_publishes(anonymous, flags, settings, monkeypatch):
    monkeypatch.setattr(shapes, "_shapes", {})
    shaped = views.shaped
    for publication in (*OPEN_TO_ALL, *reversed(OPEN_TO_ALL)):
        settings.VEEDOR_PUBLICATION = publication
        for query in ("", "?rule=R018&order_by=-raised", "?severity=low&limit=1"):
            found = []
            for way in (shaped, lambda _view, _request: None):
                monkeypatch.setattr(views, "shaped", way)
                found.append(anonymous.get(FLAGS + query).content)
            assert found[0] == found[1]
        monkeypatch.setattr(views, "shaped", shaped)
        assert {entry["state"] for entry in anonymous.get(FLAGS).json()["results"]} == OPEN_TO_ALL[publication]
    # Nothing has a shape where nothing is published.
    assert Counter(shape is None for shape in shapes._shapes.values()) == {True: 3, False: 6}


@pytest.mark.parametrize("name", ["contracts", "contracting-processes", "organizations", "publishers", "flags"])
def test_every_list_has_a_shape(anonymous, flags, monkeypatch, name):
    monkeypatch.setattr(shapes, "_shapes", {})
    assert anonymous.get(f"/api/v1/{name}/").status_code == 200
    assert None not in shapes._shapes.values()
    assert len(shapes._shapes) == 1
