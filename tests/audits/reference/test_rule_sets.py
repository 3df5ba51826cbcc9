import pytest
from django.db import connection, transaction

from audits.models import LexiconTerm, PublicList, ReferenceVersion, RuleOverride, Watchlist, WatchlistEntry
from audits.reference.rule_sets import rule_sets_in_force

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
