"""Figures of pages are counted once, and again behind the reader's back."""

from datetime import timedelta

import pytest
from django.utils import timezone
from msgspec import structs

from audits.models import Audit, PageFigures
from audits.pages.figures import cached_figures
from audits.pages.figures.cached_figures import (
    FORGOTTEN,
    KEPT,
    OLDEST,
    QUIET_PERIOD,
    Scope,
    confirmed,
    figures_of,
    holdings,
    overview,
    refresh,
)
from audits.pages.figures.holdings import count_confirmed
from audits.pages.figures.purchases import count, purchases
from contracts.models import ContractingProcess
from tests.support.buying import purchase
from tests.support.pages import get

pytestmark = pytest.mark.django_db
MEXICO = Scope(country="MX")


def grow_old(age: timedelta) -> None:
    PageFigures.objects.update(counted_at=timezone.now() - age, asked_at=None)


def rest() -> None:
    Audit.objects.update(audited_at=timezone.now() - 2 * QUIET_PERIOD)


def test_figures_are_those_of_the_scope(buy):
    buy(purchase(1), purchase(2, country="Perú", year=2021), purchase(3, amount=None, year=0))
    today = {"counted_on": timezone.localdate()}
    assert figures_of(MEXICO) == structs.replace(count(purchases(country="MX")), **today)
    assert figures_of(Scope(since=2021, currency="USD")) == structs.replace(
        count(purchases(since=2021), "USD"), **today
    )
    assert figures_of(Scope(sector="surveillance")).purchases == 3
    assert overview().numbers == {"MX": {"surveillance": 2}, "PE": {"surveillance": 1}}
    assert (overview().by_sector("PE"), overview().by_country("cloud")) == ({"surveillance": 1}, {})


def test_cached_figures_keep_their_order(buy):
    """JSON of the database orders names by their length: the currency of most purchases must not be another then."""
    buy(
        *(
            purchase(number, method="selective", suppliers=("Una proveedora de nombre largo S.A.",))
            for number in (1, 2, 3)
        ),
        purchase(4, currency="BRL", method="open"),
        purchase(5, amount=1, method="direct", suppliers=("Corta S.A.",)),
    )
    counted = figures_of(MEXICO)
    again = figures_of(MEXICO)
    assert list(again.currencies) == list(counted.currencies) == ["MXN", "BRL"]
    assert again.recorded == "MXN"
    assert list(again.methods) == list(counted.methods) == ["selective", "direct", "open"]
    assert list(again.shares) == list(counted.shares) == ["Una proveedora de nombre largo S.A.", "Corta S.A."]


def test_figures_cached_by_an_earlier_version_are_recounted(buy):
    buy(purchase(1))
    counted = figures_of(MEXICO)
    row = PageFigures.objects.get()
    del row.figures["suppliers"][0]["priced"]
    row.save()
    assert figures_of(MEXICO) == figures_of(MEXICO) == counted


def test_only_the_first_request_counts_and_later_ones_use_the_cache(buy):
    buy(purchase(1))
    assert figures_of(MEXICO).purchases == 1
    buy(purchase(2))
    grow_old(KEPT * 2)
    assert figures_of(MEXICO).purchases == 1
    grow_old(OLDEST)
    assert figures_of(MEXICO).purchases == 2


def test_requested_figures_are_recounted_by_the_schedule(buy):
    buy(purchase(1))
    figures_of(MEXICO)
    figures_of(Scope(country="PE"))
    buy(purchase(2))
    grow_old(KEPT * 2)
    figures_of(MEXICO)
    assert refresh() == 1  # records have not come to rest
    assert figures_of(MEXICO).purchases == 2
    assert refresh() == 0


def test_figures_linked_from_the_home_page_are_counted_in_advance(buy, django_assert_num_queries):
    buy(purchase(1), purchase(2, country="Perú", title="Servicio de nube para oficinas"))
    rest()
    # Overview, holdings, confirmed; all, two technologies, two countries and a technology in each.
    assert refresh() == 10
    with django_assert_num_queries(1):
        assert figures_of(Scope(country="PE", sector="cloud")).purchases == 1
    assert refresh() == 0
    buy(purchase(3))
    assert refresh() == 0
    rest()
    PageFigures.objects.update(counted_at=timezone.now() - 3 * QUIET_PERIOD)
    assert refresh() == 10
    assert figures_of(MEXICO).purchases == 2


def test_a_run_stops_at_its_budget_and_the_next_run_continues(buy):
    buy(purchase(1))
    rest()
    assert [refresh(budget=0) for _run in range(2)] == [0, 0]
    assert refresh() == 7


def test_an_unknown_cached_row_is_deleted_and_the_others_are_recounted(buy, settings):
    buy(purchase(1))
    # Of another version, and of a setting that was.
    for name in ("confirmed/reviewed", cached_figures._confirmed_name()):
        PageFigures.objects.create(pk=name, figures={}, counted_at=timezone.now())
    figures_of(MEXICO)
    settings.VEEDOR_PUBLICATION = "none"
    asked = timezone.now()
    PageFigures.objects.update(counted_at=asked - 2 * KEPT, asked_at=asked)
    PageFigures.objects.exclude(pk__startswith="{").update(asked_at=asked - KEPT)
    assert refresh() == 1
    assert [row.pk for row in PageFigures.objects.all()] == ['{"country":"MX"}']


def test_figures_that_nobody_requests_are_deleted(buy):
    buy(purchase(1))
    figures_of(Scope(buyer=1))
    grow_old(FORGOTTEN + QUIET_PERIOD)
    refresh()
    assert not PageFigures.objects.exists()


def test_figures_with_a_future_date_are_recounted(buy):
    buy(purchase(1))
    rest()
    refresh()
    grow_old(-timedelta(days=3652))
    refresh()
    assert PageFigures.objects.exists()
    assert not PageFigures.objects.filter(counted_at__gt=timezone.now()).exists()


def test_few_records_are_counted_on_request_and_many_come_from_the_cache(buy, monkeypatch):
    buy(purchase(1), purchase(2, country="Perú"))
    assert (holdings().size, holdings().countries) == (2, {"MX": 1, "PE": 1})
    buy(purchase(3))
    assert holdings().size == 3
    monkeypatch.setattr(cached_figures, "FEW_RECORDS", 1)
    PageFigures.objects.all().delete()
    assert holdings().size == 3
    buy(purchase(4))
    assert holdings().size == 3
    rest()
    PageFigures.objects.update(counted_at=timezone.now() - 3 * QUIET_PERIOD)
    refresh()
    assert holdings().size == 4
    assert holdings().latest == ContractingProcess.objects.latest("compiled_at").compiled_at


def test_confirmed_questions_are_counted_by_country_and_technology(buy, confirm, settings, monkeypatch):
    buy(purchase(1), purchase(2, country="Perú", title="Cámaras de videovigilancia con reconocimiento facial"))
    assert confirmed().number() == 0
    assert confirm("T01").country == "PE"
    assert [confirmed().number(code) for code in ("", "PE", "MX")] == [1, 1, 0]
    assert [confirmed().number("PE", sector) for sector in ("surveillance", "cloud")] == [1, 0]
    # Of many, as counted last, which was before.
    monkeypatch.setattr(cached_figures, "FEW_FLAGS", -1)
    assert confirmed().number() == 0
    PageFigures.objects.all().delete()
    assert confirmed().number() == 1
    # What was counted under one setting is not told under another.
    settings.VEEDOR_PUBLICATION = "none"
    assert confirmed().number() == 0


def test_the_number_of_confirmed_questions_mentions_those_no_longer_raised(buy, confirm, client):
    """Who prints how many questions were confirmed prints those too which the records no longer raise."""
    told = "Of the confirmed questions 1 changed since, or is no longer raised"
    buy(purchase(1), purchase(2, title="Cámaras de videovigilancia con reconocimiento facial"))
    flag = confirm("T01")
    pages = ("/?lang=en", "/countries/MX/?lang=en", "/countries/MX/surveillance/?lang=en")
    assert [told in get(client, page) for page in pages] == [False] * 3
    number = flag.process.ocid.rpartition("-")[2]
    buy(purchase(int(number), title="Servicio de limpieza") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    flag.refresh_from_db()
    assert flag.state == "withdrawn"
    # What nobody watches with is of no technology now.
    assert [told in get(client, page) for page in pages] == [True, True, False]


def test_the_schedule_runs_the_counting_task(settings):
    from audits.pages.tasks import count_pages

    assert count_pages.name in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert settings.CELERY_BEAT_SCHEDULE[count_pages.name]["schedule"] > cached_figures.BUDGET


@pytest.mark.parametrize("page", ["/", "/countries/MX/", "/technologies/surveillance/"])
def test_a_page_counts_confirmed_questions_once(buy, client, page, monkeypatch):
    buy(purchase(1))
    get(client, page)
    counted = []
    monkeypatch.setattr(cached_figures, "count_confirmed", lambda: counted.append(1) or count_confirmed())
    get(client, page)
    assert len(counted) == 1
