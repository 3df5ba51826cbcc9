"""Reference data and overrides: edited by leads, with a history that names them."""

import pytest
from django.urls import reverse

from audits import groups
from audits.models import LexiconTerm, RuleOverride, Watchlist, WatchlistEntry
from audits.reference.rule_sets import rule_sets_in_force
from tests.support.pages import change_page
from tests.support.previews import save_previewed


@pytest.fixture
def entry(db):
    watchlist = Watchlist.objects.create(slug="vendors", name="Vendors")
    return WatchlistEntry.objects.create(
        watchlist=watchlist, name="Cámaras del Norte", aliases=["Norte Systems Co., Ltd", "Norte"], country="MX"
    )


def entry_form(entry, **changes) -> dict:
    lists = ("aliases", "short_names", "ambiguous_names", "context", "identifiers", "kind", "listings", "listed_on")
    form = {name: "\r\n".join(getattr(entry, name)) for name in lists}
    form |= {"watchlist": entry.watchlist_id, "name": entry.name, "country": entry.country, "enabled": "on"}
    return form | {"parent": "", "source": "", "note": "", "listing_note": ""} | changes


def history(client, row) -> str:
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_history", args=[row.pk])
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode()


def test_lists_are_edited_by_line_and_may_contain_commas(lead, entry):
    aliases = "Norte Systems Co., Ltd\r\n\r\n  Norte de México  \r\n"
    answer = save_previewed(lead, change_page(entry), entry_form(entry, aliases=aliases))
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.aliases == ["Norte Systems Co., Ltd", "Norte de México"]


def test_the_history_says_who_changed_what_and_when(lead, entry):
    save_previewed(lead, change_page(entry), entry_form(entry, source="Registro 2026", aliases="Norte"))
    html = history(lead, entry)
    assert "leads" in html
    assert "<del>–</del> → <ins>Registro 2026</ins>" in html
    assert "<del>Norte Systems Co., Ltd; Norte</del> → <ins>Norte</ins>" in html
    assert html.count("added") == 1


def test_changes_by_commands_have_no_author(lead, entry):
    WatchlistEntry.objects.filter(pk=entry.pk).update(country="CO")
    html = history(lead, entry)
    assert "a command" in html
    assert "<del>MX</del> → <ins>CO</ins>" in html


def test_reference_data_is_switched_off_and_not_deleted(lead, entry, make_user):
    for user in (None, make_user(name="root", is_superuser=True)):
        if user:
            lead.force_login(user)
        answer = lead.post(reverse("admin:audits_watchlistentry_delete", args=[entry.pk]), {"post": "yes"})
        assert answer.status_code == 403
    assert WatchlistEntry.objects.filter(pk=entry.pk).exists()


def test_auditors_see_reference_data_and_its_history_and_change_nothing(auditor, entry):
    assert auditor.get(change_page(entry)).status_code == 200
    assert auditor.post(change_page(entry), entry_form(entry, source="x")).status_code == 403
    assert "added" in history(auditor, entry)


def test_the_history_of_a_row_requires_its_permission(sign_in, entry):
    client = sign_in(groups.SUBMITTERS)
    page = reverse("admin:audits_watchlistentry_history", args=[entry.pk])
    assert client.get(page).status_code == 403
    assert client.get(reverse("admin:audits_watchlistentry_history", args=[entry.pk + 1])).status_code == 404


def test_a_term_is_added(lead):
    form = {"concept": "drone", "language": "es", "term": "dron", "strength": "strong", "enabled": "on"}
    assert save_previewed(lead, reverse("admin:audits_lexiconterm_add"), form).status_code == 302
    assert "leads" in history(lead, LexiconTerm.objects.get())


def override_form(**changes) -> dict:
    form = {"country": "MX", "setting": "R018/methods", "value": '["open"]', "source": "Ley, art. 26"}
    return form | {"enabled": "on"} | changes


def test_an_override_is_added_and_its_history_names_the_lead(lead):
    assert save_previewed(lead, reverse("admin:audits_ruleoverride_add"), override_form()).status_code == 302
    override = RuleOverride.objects.get()
    assert override.value == ["open"]
    assert "leads" in history(lead, override)
    RuleOverride.objects.filter(pk=override.pk).update(value=["direct"])
    assert "<del>open</del> → <ins>direct</ins>" in history(lead, override)


@pytest.mark.parametrize("value", ["", "null"])
def test_an_empty_value_switches_no_rule_off(lead, value):
    answer = lead.post(reverse("admin:audits_ruleoverride_add"), override_form(value=value))
    assert "Give a value." in answer.content.decode()
    assert not RuleOverride.objects.exists()
    assert "R018" in rule_sets_in_force().for_country("MX").by_code


def test_the_form_shows_the_parameters_of_the_rules_with_kind_range_and_own_value(lead):
    html = lead.get(reverse("admin:audits_ruleoverride_add"), headers={"accept-language": "en"}).content.decode()
    assert '<option value="R040/share">R040 share: a number from 0 to 1; its own: 0.5</option>' in html
    assert '<option value="R040/processes">R040 processes: a number from 0; its own: 10</option>' in html
    assert (
        '<option value="R024/threshold">R024 threshold: a number from 0, or null to have it counted; its own:' in html
    )
    # As it would be typed, and not as Python writes it.
    assert "methods: a list; its own: [&quot;open&quot;,&quot;selective&quot;]" in html


def test_a_second_override_of_the_same_is_refused(lead):
    address = reverse("admin:audits_ruleoverride_add")
    save_previewed(lead, address, override_form())
    assert "There is one already" in lead.post(address, override_form()).content.decode()
    assert RuleOverride.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"setting": "R999/x"}, "R999"),
        ({"setting": "R018/threshold"}, "R018/threshold is not one of the available choices"),
        ({"setting": ""}, "required"),
        ({"setting": "T18/years", "value": "-3"}, "Give a number of 0 or more."),
        ({"setting": "R040/share", "value": "1.5"}, "Give a number from 0 to 1."),
        ({"setting": "T01/reader_threshold", "value": "1.1"}, "Give a number from 0 to 1."),
        ({"setting": "T01/reader_threshold", "value": "-0.1"}, "Give a number from 0 to 1."),
        ({"setting": "R040/share", "value": "NaN"}, ""),
        ({"value": '"open"'}, "give one of the same type"),
        ({"value": "5"}, "give one of the same type"),
        ({"setting": "R024/threshold", "value": '"high"'}, "give one of the same type"),
        ({"value": "[open"}, "valid JSON"),
        ({"source": ""}, "required"),
    ],
)
def test_an_override_that_would_break_a_rule_is_refused(lead, changes, said):
    answer = lead.post(reverse("admin:audits_ruleoverride_add"), override_form(**changes))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not RuleOverride.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept"), [("pe", "PE"), ("Perú", "PE"), ("Brasil", "BR"), ("", ""), ("xx", None), ("Narnia", None)]
)
def test_a_country_is_normalized_or_refused(lead, given, kept):
    address = reverse("admin:audits_ruleoverride_add")
    if kept is None:
        assert f"{given} is not a country code" in lead.post(address, override_form(country=given)).content.decode()
    else:
        save_previewed(lead, address, override_form(country=given))
    assert list(RuleOverride.objects.values_list("country", flat=True)) == ([] if kept is None else [kept])
