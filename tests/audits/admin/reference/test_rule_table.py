"""The table of all rules: trials, overrides, waiting flags, and how people judged them."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits.blind import judge_sampled, sample_flag
from audits.judging.rule.readings import reading_of
from audits.models import Flag, RuleOverride, Verdict
from audits.reports.desk_figures import refresh_desk_figures
from audits.rules import RULES
from tests.support.triage import load_release, made_up_release, raise_flag

RULES_PAGE = reverse("admin:audits_rules")


@pytest.fixture
def flags(db) -> list[Flag]:
    return [raise_flag(load_release(made_up_release())) for _number in range(2)]


def rows_of(client, part: str) -> dict[str, str]:
    """Code of a rule → its row as text, of one of the two tables."""
    html = client.get(RULES_PAGE).content.decode()
    section = re.search(rf'<section class="rules" aria-labelledby="{part}-title">(.*?)</section>', html, re.DOTALL)
    assert section
    rows = re.findall(r"<tr>\s*(<th scope=\"row\">.*?)</tr>", section[1], re.DOTALL)
    return {
        re.search(r'class="code">(\w+)<', row)[1]: " ".join(
            re.sub(r"<details>.*?</details>|<[^>]+>", " ", row).split()
        )
        for row in rows
    }


def test_rules_are_in_two_tables_ordered_by_waiting_flags(lead, flags):
    refresh_desk_figures((0, 0.0))
    on_trial, others = rows_of(lead, "trial"), rows_of(lead, "others")
    assert set(on_trial) == {code for code, rule in RULES.items() if rule.on_trial}
    assert set(on_trial) | set(others) == set(RULES)
    reading = reading_of("R068")
    assert (
        f"{reading.right} of {reading.read} right on records that nobody had seen · End the trial" in on_trial["R068"]
    )
    assert next(iter(others)) == "R018"
    assert f" {RULES['R018'].version} 2 " in others["R018"]
    assert f'href="{reverse("admin:audits_flag_changelist")}?rule=R018">2<' in lead.get(RULES_PAGE).text


def test_a_row_shows_review_results_and_overrides(lead, flags, make_user):
    for number, verdict in enumerate((Verdict.RIGHT, Verdict.WRONG)):
        sampled, _is_new = sample_flag(flags[number])
        reader = make_user(name=f"reader{number}")
        assert judge_sampled(sampled, reviewer=reader, verdict=verdict, reason_code="", reason="Read.")
    RuleOverride.objects.create(rule="R018", country="PE", parameter="methods", value=["selective"], source="Ley")
    RuleOverride.objects.create(rule="R018", country="UY", parameter="", value="shadow", source="It is tried.")
    RuleOverride.objects.create(rule="R024", country="", parameter="", value="retired", source="-", enabled=False)
    others = rows_of(lead, "others")
    assert "1 · 0 · 1" in others["R018"]
    assert "Peru: methods: selective" in others["R018"]
    assert "Uruguay: shadow: runs and is counted, only leads see its flags" in others["R018"]
    assert "retired" not in others["R024"], "it is switched off"


def test_a_trial_that_was_ended_moves_its_rule_to_the_others(lead, db):
    address = reverse("admin:audits_ruleoverride_add", query={"setting": "R068/on_trial"})
    assert f'href="{address}"' in lead.get(RULES_PAGE).text
    assert 'value="R068/on_trial" selected' in lead.get(address).text
    ended = RuleOverride.objects.create(rule="R068", country="", parameter="on_trial", value=False, source="Read.")
    assert "R068" not in rows_of(lead, "trial")
    assert "everywhere: on_trial: no" in rows_of(lead, "others")["R068"]
    assert reverse("admin:audits_ruleoverride_change", args=[ended.pk]) in lead.get(RULES_PAGE).text


def test_auditors_read_it_without_a_way_to_end_a_trial_and_submitters_do_not(auditor, client, make_user, db):
    assert "End the trial" not in rows_of(auditor, "trial")["R068"]
    client.force_login(make_user("Submitters", name="carla"))
    assert client.get(RULES_PAGE).status_code == 403


def test_the_dashboard_and_the_list_of_states_lead_to_it(lead, db):
    for page in ("admin:index", "admin:audits_rulestate_changelist"):
        assert f'href="{RULES_PAGE}"' in lead.get(reverse(page)).text


def test_the_number_of_queries_does_not_grow_with_flags_and_settings(lead, flags):
    refresh_desk_figures((0, 0.0))
    lead.get(RULES_PAGE)
    with CaptureQueriesContext(connection) as few:
        lead.get(RULES_PAGE)
    raise_flag(load_release(made_up_release()), code="R010")
    for country in ("PE", "UY"):
        RuleOverride.objects.create(rule="R018", country=country, parameter="methods", value=["open"], source="Ley")
    refresh_desk_figures((0, 0.0))
    with CaptureQueriesContext(connection) as more:
        lead.get(RULES_PAGE)
    assert len(more) == len(few) <= 15
