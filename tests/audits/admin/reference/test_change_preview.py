"""Before a rule, a parameter or a list changes, the effect is shown, counted on stored records."""

import re
from html import unescape
from itertools import islice

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audits import groups
from audits.engine import previewing
from audits.engine.previewing import preview
from audits.engine.processes import audit_again
from audits.models import Flag, LexiconTerm, Review, RuleOverride, RuleState
from audits.reference.rule_sets import rule_sets_in_force
from audits.rules import RULES
from audits.statistics import statistics_for
from audits.triage import review_flag
from contracts.models import ContractingProcess, TrailEntry
from tests.support import bidding
from tests.support.auditing import settle
from tests.support.pages import change_page
from tests.support.previews import hidden_fields, save_previewed
from tests.support.purchases import add_terms, audit, purchase
from tests.support.records import load
from tests.support.triage import load_release, made_up_release

STATE = reverse("admin:audits_rulestate_add")
STATES = reverse("admin:audits_rulestate_changelist")
OVERRIDE = reverse("admin:audits_ruleoverride_add")
TERM = reverse("admin:audits_lexiconterm_add")


@pytest.fixture
def stock(db):
    """Three records with one tenderer each, of which R018 asks, and one with two."""
    records = [purchase(number, amount=900_000, numberOfTenderers=1) for number in range(3)]
    audit(*records, purchase(9, numberOfTenderers=2))
    assert Flag.objects.filter(rule="R018").count() == 3
    return Flag.objects.filter(rule="R018").order_by("pk")


def state_form(**changes):
    return {"rule": "R018", "country": "", "state": "retired", "source": "It asks nothing.", "enabled": "on"} | changes


def override_form(**changes):
    given = {"setting": "R018/methods", "country": "PE", "value": '["selective"]', "source": "Ley", "enabled": "on"}
    return given | changes


def text(answer):
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def test_a_change_of_state_is_shown_before_it_is_saved(lead, stock, make_user):
    for number in (0, 1):
        auditor = make_user(groups.AUDITORS, name=f"a{number}")
        review_flag(flag=stock[0], reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="So.")
    before = rule_sets_in_force().for_country("PE").digest
    shown = lead.post(STATE, state_form())
    assert "Flags that it would add: 0; that it would drop: 3, of these confirmed: 1." in text(shown)
    assert "Counted on all flags that stand." in text(shown)
    assert not RuleState.objects.exists(), "nothing is saved"
    assert rule_sets_in_force().for_country("PE").digest == before
    assert lead.post(STATE, hidden_fields(shown.content.decode())).status_code == 302
    assert RuleState.objects.get().state == "retired"
    entry = TrailEntry.objects.get(action="added", target_type="audits.rulestate")
    assert entry.details["effect"] == {
        "added": 0,
        "dropped": 3,
        "confirmed": 1,
        "judged": 0,
        "concerned": 0,
        "shown": 0,
        "asking": 0,
        "silent": 0,
        "reopened": 0,
    }
    audit()
    assert not Flag.objects.standing().filter(rule="R018").exists()
    assert set(Flag.objects.filter(rule="R018").values_list("withdrawn_because", flat=True)) == {"rule_off"}


def test_audits_have_the_previewed_effect(lead, stock):
    shown = lead.post(OVERRIDE, override_form())
    assert "that it would drop: 3, of these confirmed: 0" in text(shown)
    lead.post(OVERRIDE, hidden_fields(shown.content.decode()))
    audit()
    assert not Flag.objects.standing().filter(rule="R018").exists()
    assert set(Flag.objects.filter(rule="R018").values_list("withdrawn_because", flat=True)) == {"parameter"}
    assert 'PE R018 methods: ["selective"]</strong>. Nothing is saved yet.' in unescape(text(shown)), (
        "what is proposed"
    )
    elsewhere = override_form(country="UY", value='["open"]')
    assert "Flags that it would add: 0; that it would drop: 0" in text(lead.post(OVERRIDE, elsewhere)), (
        "no record is of this country"
    )


def test_the_preview_of_a_trial_shows_how_many_flags_wait_for_a_decision(lead, db, only_rules):
    """Its flags stand before and after: none is added and none dropped, and still the desk gets them."""
    only_rules(RULES["R068"])
    for number in (1, 2):
        paid = {"id": "C", "value": {"amount": 1_000_000, "currency": "MXN"}}
        paid["implementation"] = {"transactions": [{"id": "1", "value": {"amount": 2_000_000, "currency": "MXN"}}]}
        audit_again([load_release(made_up_release(f"ocds-madeup-{number}") | {"contracts": [paid]}).pk])
    assert set(Flag.objects.values_list("severity", flat=True)) == {"context"}
    trial = override_form(setting="R068/on_trial", country="", value="false")
    shown = lead.post(OVERRIDE, trial)
    assert "Flags that it would add: 0; that it would drop: 0, of these confirmed: 0." in text(shown)
    assert "context now that would wait for a decision: 2 flags." in text(shown)

    lead.post(OVERRIDE, hidden_fields(shown.content.decode()))
    begun = text(lead.post(change_page(RuleOverride.objects.get()), trial | {"enabled": ""}))
    assert "questions now that would be context, in no queue: 2 flags." in begun


def test_a_form_that_is_changed_after_its_preview_is_shown_again(lead, stock):
    fields = hidden_fields(lead.post(STATE, state_form()).content.decode())
    again = lead.post(STATE, {**fields, "rule": "R024"})
    assert "Nothing is saved yet" in text(again)
    assert not RuleState.objects.exists()
    forged = lead.post(STATE, {**fields, "_previewed": "x"})
    assert "Nothing is saved yet" in text(forged)


def test_a_form_with_mistakes_has_no_preview(lead, stock):
    answer = lead.post(STATE, state_form(source=""))
    assert "Nothing is saved yet" not in text(answer)
    assert "required" in text(answer)


def test_a_new_term_is_previewed_on_records_that_contain_it(lead, db):
    add_terms()
    audit(
        *(purchase(number, title="Compra de sillas") for number in range(3)),
        purchase(7, title="Adquisición de cámaras lectoras de placas"),
    )
    form = {"concept": "video_surveillance", "language": "es", "term": "lectoras de placas", "strength": "strong"}
    told = preview(
        lambda: LexiconTerm.objects.create(concept="video_surveillance", language="es", term="lectoras de placas"),
        words=["lectoras de placas"],
        max_seconds=0.0,
    )
    assert (told.judged, told.concerned) == (0, 4), "without time nothing is judged, and it is said"
    shown = lead.post(TERM, {**form, "enabled": "on"})
    assert "Counted on all 4 records" in text(shown)
    added = int(text(shown).partition("that it would add: ")[2].partition(";")[0])
    standing = set(Flag.objects.standing().values_list("fingerprint", flat=True))
    lead.post(TERM, hidden_fields(shown.content.decode()))
    audit()
    now = set(Flag.objects.standing().values_list("fingerprint", flat=True))
    assert len(now - standing) == added > 0


def test_the_preview_says_how_many_decisions_are_asked_for_again(lead, db, make_user):
    """None is added and none dropped, and still all that was decided waits again."""
    add_terms()
    audit(purchase(1, title="Cámaras de videovigilancia y lectoras de placas"))
    flag = Flag.objects.get(rule="T01")
    review_flag(
        flag=flag, reviewer=make_user(groups.AUDITORS), decision=Review.Decision.DISMISSED, reason="It is a gate."
    )
    form = {"concept": "video_surveillance", "language": "es", "term": "lectoras de placas", "strength": "strong"}
    shown = lead.post(TERM, {**form, "source": "s", "enabled": "on"})
    assert "that it would drop: 0" in text(shown)
    assert "so that people are asked again: 1 flag." in text(shown)
    lead.post(TERM, hidden_fields(shown.content.decode()))
    audit()
    flag.refresh_from_db()
    assert flag.state == "changed"
    again = preview(lambda: LexiconTerm.objects.filter(term="lectoras de placas").update(enabled=False))
    assert again.reopened == 0, "it waits already"


def test_of_many_records_a_sample_is_reported_as_one(lead, stock, monkeypatch):
    monkeypatch.setattr(previewing, "MAX_JUDGED", 2)
    monkeypatch.setattr(previewing, "BATCH", 2)
    shown = text(lead.post(OVERRIDE, override_form()))
    assert "Counted on 2 of the 4 records" in shown
    assert "that it would drop: 2" in shown, "those that are flagged are looked at first"


def test_all_flags_of_a_rule_switched_off_are_counted_even_in_little_time(stock):
    def switch_off(**where):
        return preview(
            lambda: RuleState.objects.create(rule="R018", value="retired", source="s", **where), max_seconds=0.0
        )

    everywhere, here, elsewhere = switch_off(), switch_off(country="PE"), switch_off(country="UY")
    assert [told.dropped for told in (everywhere, here, elsewhere)] == [3, 3, 0]
    assert {(told.judged, told.concerned, told.rules) for told in (everywhere, here)} == {(0, 0, ("R018",))}


def test_other_records_are_sampled_reproducibly_without_a_full_sort(stock, monkeypatch):
    monkeypatch.setattr(previewing, "MAX_JUDGED", 2)
    rows = ContractingProcess.objects.all()
    with CaptureQueriesContext(connection) as queries:
        drawn = list(islice(previewing._by_chance(rows), 4))
    assert set(drawn) == set(rows.values_list("pk", flat=True))
    assert drawn == list(islice(previewing._by_chance(rows), 4))
    assert all("md5" not in query["sql"].lower() for query in queries)
    monkeypatch.setattr(previewing, "MAX_JUDGED", 5000)
    assert sorted(previewing._by_chance(rows)) == sorted(rows.values_list("pk", flat=True))
    assert list(previewing._by_chance(ContractingProcess.objects.none())) == []


def test_counts_above_the_limit_are_reported_as_more(lead, stock, monkeypatch):
    for module in ("audits.engine.previewing", "audits.admin.reference.change_preview"):
        monkeypatch.setattr(f"{module}.MAX_CONCERNED", 3)
    monkeypatch.setattr(previewing, "MAX_JUDGED", 2)
    monkeypatch.setattr(previewing, "BATCH", 2)
    assert "Counted on 2 of the 3+ records" in text(lead.post(OVERRIDE, override_form()))


def test_rules_about_organizations_are_previewed_too(lead, db):
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")
    load(*(bidding.process(number) for number in range(20)))
    settle()
    dropped = len(bidding.flags())
    assert dropped
    assert f"that it would drop: {dropped}" in text(lead.post(STATE, state_form(rule="R038")))


def test_only_the_figures_that_the_changed_rule_reads_are_computed(lead, stock, monkeypatch):
    """Those of all rules took most of the time that a preview has to judge records."""
    asked = []

    def computed(pks, *, reads):
        asked.append(reads)
        return statistics_for(pks, reads=reads)

    monkeypatch.setattr(previewing, "statistics_for", computed)
    assert "that it would drop: 3" in text(lead.post(OVERRIDE, override_form()))
    assert set(asked) == {RULES["R018"].reads}


def test_a_preview_writes_nothing_and_its_queries_do_not_grow(stock):
    def change():
        RuleOverride.objects.create(rule="R018", parameter="methods", value=["selective"], source="s")

    with CaptureQueriesContext(connection) as few:
        preview(change)
    written = [query["sql"] for query in few if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [statement for statement in written if "audits_ruleoverride" not in statement] == []
    audit(*(purchase(number, numberOfTenderers=1) for number in range(20, 40)))
    with CaptureQueriesContext(connection) as more:
        preview(change)
    assert len(more) == len(few)
    assert not RuleOverride.objects.exists()


def test_flags_of_a_rule_in_shadow_are_for_leads(lead, stock, client, make_user):
    flag = stock[0]
    auditor = make_user(groups.AUDITORS, name="ana")
    other = make_user(groups.AUDITORS, name="bea")
    for reviewer in (auditor, other):
        review_flag(flag=stock[2], reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="So.")
    shown = lead.post(STATE, state_form(state="shadow"))
    assert "No rule would ask otherwise" in text(shown)
    assert "Only leads would see: 2 flags." in text(shown)
    lead.post(STATE, hidden_fields(shown.content.decode()))
    assert Flag.objects.standing().filter(rule="R018").count() == 3, "it is asked and counted"
    assert not Flag.objects.at_the_desk().filter(rule="R018").exists()
    assert Flag.objects.visible_to(make_user(groups.LEADS, name="lena")).filter(rule="R018").count() == 3
    assert list(Flag.objects.visible_to(auditor).filter(rule="R018")) == [stock[2]], "what was confirmed stays"
    page = change_page(flag)
    assert "Its rule is in shadow here" in text(lead.get(page))
    (address,) = re.findall(r'href="([^"]+)">not decided on</a>', lead.get(STATES).content.decode())
    assert {row.pk for row in lead.get(unescape(address)).context["cl"].result_list} == {row.pk for row in stock[:2]}
    client.force_login(auditor)
    assert client.get(page).status_code == 404, "as if it were not there"
    for address in (
        f"/api/v1/flags/{flag.pk}/",
        f"{page}../case/",
        f"{page}../case.json",
        f"{page}../note/",
        f"{page}../desk/",
    ):
        assert client.get(address.replace("change/../", "")).status_code in (403, 404), address
    live = preview(lambda: RuleState.objects.update(value="live"))
    assert (live.shown, live.hidden, live.rules) == (2, 0, ())
    RuleState.objects.update(value="live")
    assert client.get(page).status_code == 200
    assert "in shadow" not in text(lead.get(page))
    assert Flag.objects.at_the_desk().filter(rule="R018").count() == 2


def test_the_state_of_a_country_overrides_the_global_one(stock):
    RuleState.objects.create(rule="R018", value="draft", source="s")
    assert "R018" not in rule_sets_in_force().for_country("PE").by_code
    here = RuleState.objects.create(rule="R018", country="PE", value="live", source="s")
    assert "R018" in rule_sets_in_force().for_country("PE").by_code
    assert "R018" not in rule_sets_in_force().for_country("UY").by_code
    RuleState.objects.filter(country="").update(value="shadow")
    assert Flag.objects.out_of_shadow().filter(rule="R018").count() == 3
    here.delete()
    assert not Flag.objects.out_of_shadow().filter(rule="R018").exists()


def test_old_switches_are_read_as_retired(db):
    row = RuleOverride.objects.create(rule="R018", source="The law asks for it.")
    assert RuleState.objects.get(pk=row.pk).state == "retired"
    assert "R018" not in rule_sets_in_force().for_country("").by_code


def test_a_rule_has_one_state_per_country(lead, stock):
    save_previewed(lead, STATE, state_form())
    assert "There is one already" in text(lead.post(STATE, state_form(state="live")))
    assert RuleState.objects.count() == 1
    assert ContractingProcess.objects.count() == 4
