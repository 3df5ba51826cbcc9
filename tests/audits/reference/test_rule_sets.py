import logging

import pytest
from django.db import connection, transaction

from audits.judging.rule.parameters import is_number
from audits.models import LexiconTerm, PublicList, ReferenceVersion, RuleOverride, Watchlist, WatchlistEntry
from audits.reference.rule_sets import rule_sets_in_force, settings_in_force, unfit_overrides
from audits.rules import RULES
from tests.support.rules import made_up

pytestmark = pytest.mark.django_db


def version():
    return ReferenceVersion.objects.get().version


def make_row(model):
    row = {
        LexiconTerm: lambda: LexiconTerm(concept="cloud", language="es", term="nube"),
        Watchlist: lambda: Watchlist(slug="made-up", name="Made up"),
        WatchlistEntry: lambda: WatchlistEntry(
            watchlist=Watchlist.objects.create(slug="other", name="Other"), name="Acme"
        ),
        PublicList: lambda: PublicList(name="Made up"),
        RuleOverride: lambda: RuleOverride(country="PE", rule="R018", source="a law"),
    }[model]()
    row.save()
    return row


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [LexiconTerm, Watchlist, WatchlistEntry, PublicList, RuleOverride])
def test_any_change_of_a_row_renews_the_version(model):
    seen = [version()]
    row = make_row(model)
    seen.append(version())
    model.objects.filter(pk=row.pk).update(enabled=False)
    seen.append(version())
    row.delete()
    seen.append(version())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    seen.append(version())

    assert len(set(seen)) == 5


def test_what_reads_rows_renews_nothing():
    make_row(LexiconTerm)
    before = version()
    list(LexiconTerm.objects.select_for_update())

    assert version() == before


def test_rule_sets_follow_the_rows_also_when_a_change_is_undone(django_assert_num_queries):
    def terms():
        return [term.term for term in rule_sets_in_force().reference.terms]

    before = terms()
    with transaction.atomic():
        make_row(LexiconTerm)
        assert terms() == [*before, "nube"]
        transaction.set_rollback(True)
    assert terms() == before
    LexiconTerm.objects.create(concept="cloud", language="es", term="nubes")
    assert terms() == [*before, "nubes"]
    built = rule_sets_in_force()
    with django_assert_num_queries(1):
        assert rule_sets_in_force() is built


def rules_in(country: str) -> set[str]:
    sets = rule_sets_in_force()
    return sets.for_country(country).by_code.keys() | sets.organizations_in(country).by_code.keys()


def make_override(**fields) -> RuleOverride:
    return RuleOverride.objects.create(**{"rule": "R018", "source": "a law", **fields})


def test_bounds_are_those_of_all_countries():
    make_override(rule="R040", country="PE", parameter="share", value=0.3)
    asked = rule_sets_in_force().bounds()["buyer_shares"]
    assert [one.least for one in asked] == [{"share": 0.5}, {"share": 0.3}]


def test_a_figure_that_one_rule_reads_whole_has_no_bounds(only_rules):
    assert {"buyer_shares", "supplier_shares"} <= rule_sets_in_force().bounds().keys()

    @made_up("R998", ".", reads=("supplier_shares",))
    def reads_all(dossier):
        return []

    only_rules(RULES["R040"], RULES["T08"], reads_all)
    assert rule_sets_in_force().bounds().keys() & {"buyer_shares", "supplier_shares"} == {"buyer_shares"}


@pytest.mark.parametrize(
    ("parameter", "value"), [("of_a_version_before", 3), ("limit", "three"), ("limit", None), ("limit", True)]
)
def test_an_override_that_does_not_fit_its_rule_switches_that_rule_off_and_no_audit(parameter, value, caplog):
    """It was stored under an earlier version of the rule, and no form looks at it again."""
    rule, own = next(
        (rule, name) for rule in RULES.values() for name in rule.parameters if is_number(rule.parameters[name])
    )
    parameter = own if parameter == "limit" else parameter
    everything = rules_in("PE")
    override = make_override(rule=rule.code, country="PE", parameter=parameter, value=value)
    with caplog.at_level(logging.WARNING):
        assert rules_in("PE") == everything - {rule.code}
    assert f"{rule.code} is switched off in PE" in caplog.text
    assert rules_in("MX") == everything
    assert unfit_overrides() == [override]
    # Pages say that it is off, and why.
    off = [setting for setting in settings_in_force() if setting.rule == rule.code and not setting.parameter]
    assert [(setting.country, setting.source) for setting in off] == [("PE", "a law")]
    RuleOverride.objects.update(value=rule.parameters[own], parameter=own)
    assert (unfit_overrides(), rules_in("PE")) == ([], everything)
