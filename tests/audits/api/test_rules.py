"""Rules in the API: their pages, parameters, examples, and how they have done."""

import json

import pytest

from audits.api.rules import RuleHealth
from audits.models import RuleOverride
from audits.reports.rule_changes import change_of
from audits.rules import RULES
from contracts.api.protocol.rows.columns import fields_of

pytestmark = pytest.mark.django_db


def test_all_rules_are_listed_in_the_readers_language(anonymous):
    body = anonymous.get("/api/v1/rules/", headers={"Accept-Language": "es"}).json()
    assert [row["code"] for row in body["results"]] == list(RULES)
    titles = {row["code"]: row["title"] for row in body["results"]}
    assert titles["R018"] == RULES["R018"].text("es").title
    assert (body["next"], body["previous"]) == (None, None)


def test_a_rule_has_its_page_its_parameters_and_their_overrides(anonymous):
    RuleOverride.objects.create(rule="R018", parameter="methods", value=["open"], country="PE", source="Ley 1")
    RuleOverride.objects.create(rule="R018", parameter="methods", value=[], enabled=False, source="draft")
    body = anonymous.get("/api/v1/rules/R018/").json()
    assert body["page"] == RULES["R018"].text("en").page
    assert body["parameters"] == json.loads(json.dumps(dict(RULES["R018"].parameters)))
    assert body["overrides"] == [{"country": "PE", "parameter": "methods", "value": ["open"], "source": "Ley 1"}]


def test_a_rules_page_is_in_the_readers_language(anonymous):
    body = anonymous.get("/api/v1/rules/R018/", headers={"Accept-Language": "pt"}).json()
    assert body["page"].startswith("Foi recebida uma única proposta.")
    assert "## Por que importa" in body["page"]
    assert "<h2>Por que importa</h2>" in body["page_html"]
    assert body["page_language"] == "pt"
    assert anonymous.get(body["page_url"]).status_code == 200


def test_a_rule_has_a_worked_example(anonymous):
    example = anonymous.get("/api/v1/rules/R003/", headers={"Accept-Language": "es"}).json()["example"]
    assert example["given"]["release"]["tender"]["tenderPeriod"]
    assert example["sentence"] == "Hubo 14 días naturales para ofertar; la regla pide 15."
    assert example["severity"] == "medium"
    assert set(example["cites"]) == {"/tender/tenderPeriod/startDate", "/tender/tenderPeriod/endDate"}


def test_legal_limits_are_listed_among_the_overrides(anonymous):
    limits = {limit["country"]: limit for limit in anonymous.get("/api/v1/rules/R055/").json()["overrides"]}
    assert {limit["parameter"] for limit in limits.values()} == {"thresholds"}
    assert {"BR", "EC", "UY"} <= set(limits)
    assert {"200000", "654000"} <= {row["amount"] for row in limits["UY"]["value"]}
    assert all(row["source"] for limit in limits.values() for row in limit["value"])


def test_a_rule_reports_its_results(flags, auditor):
    health = auditor.get("/api/v1/rules/R018/").json()["health"]
    assert set(health) == set(fields_of(RuleHealth)), "no figure that is told nowhere"
    assert health["outcomes"]["flagged"] == health["assessed"] == 4
    assert (health["share"], health["is_context"]) == (1, False)
    assert (health["confirmed"], health["dismissed"], health["precision"]) == (1, 1, None)
    assert [entry["version"] for entry in health["versions"]] == list(range(1, RULES["R018"].version + 1))
    latest = health["versions"][-1]
    assert (latest["confirmed"], latest["dismissed"]) == (1, 1)
    change = change_of("R018", RULES["R018"].version, "en")
    assert (latest["since"], latest["change"]) == (str(change.since), change.text)


def test_an_unknown_rule_is_a_404(anonymous):
    assert anonymous.get("/api/v1/rules/X99/").status_code == 404
    assert anonymous.get("/api/v1/rules/%00/").status_code == 404


def test_an_unchanged_rule_is_a_304(anonymous):
    etag = anonymous.get("/api/v1/rules/R018/")["ETag"]
    assert anonymous.get("/api/v1/rules/R018/", headers={"If-None-Match": etag}).status_code == 304
