"""Processes published twice count once in figures, sums, pages and files, and only after a decision."""

import csv
import re

import pytest

from audits.models import Audit, Flag, Participation, Purchase, RuleOverride
from audits.pages.figures.cached_figures import overview
from audits.pages.figures.purchases import count, purchases
from contracts.decisions.same_processes import decide_process
from contracts.intake.duplicates.published_twice import update_all_pairs
from contracts.models import ContractingProcess, Organization, SameProcess, SameProcessDecision
from tests.support.clients import Client, new_user
from tests.support.pages import text_of
from tests.support.purchases import add_terms, ask_of_short_histories, audit, figures, flags_at_rest, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db
Kind = SameProcessDecision.Kind
CITY = "ocds-city01-2"


def again(number, titles=()):
    """What a city publishes of a purchase that the state has on record too."""
    return {**bought(number, titles), "ocid": f"ocds-city01-{number}"}


def bought(number, titles=()):
    return purchase(number, **BOUGHT[number], **({"title": titles[number - 1]} if titles else {}))


BOUGHT = {
    1: {"date": "2024-01-10", "supplier": "S2", "amount": 3000},
    2: {"date": "2024-02-10", "method": "direct"},
    3: {"date": "2024-03-10", "method": "direct"},
    4: {"date": "2024-04-10"},
    5: {"date": "2024-05-10"},
    6: {"date": "2024-06-10"},
}


@pytest.fixture(autouse=True)
def short_histories():
    add_terms()
    ask_of_short_histories()
    for rule, parameter, value in (
        *(("R040", "processes", 3), ("R040", "awards", 2), ("R040", "small_multiple", 0)),
        *(("R040", "months", 1), ("R040", "own_months", 1)),
        *(("T08", "processes", 2), ("T08", "supplier_processes", 2), ("T08", "share", 0.3)),
    ):
        RuleOverride.objects.create(rule=rule, parameter=parameter, value=value, source="a test of few records")


@pytest.fixture
def lead(db):
    return new_user("lead")


def process(ocid):
    return ContractingProcess.objects.get(ocid=ocid)


def decide(lead, kind=Kind.MERGED, kept="ocds-test01-2"):
    kept = process(kept) if kind == Kind.MERGED else None
    decide_process(pair=SameProcess.objects.get(), decided_by=lead, kind=kind, kept=kept, reason="Both read.")


def judged():
    """Flags on records of the state, and what the records of the city add."""
    return [flag for flag in flags_at_rest() if flag[0].startswith("ocds-test01")]


@pytest.mark.parametrize(
    ("rule", "titles"),
    [
        ("T08", ()),
        # Of what is no technology another rule asks.
        ("R040", [f"Suministro de {thing}" for thing in ("arroz", "leche", "harina", "aceite", "sal", "avena")]),
    ],
)
def test_a_merged_record_is_judged_as_without_its_double_and_a_separated_one_as_before(lead, rule, titles):
    audit(*(bought(number, titles) for number in BOUGHT))
    alone = flags_at_rest()
    assert rule in {flag[1] for flag in alone}
    beside = figures(3, "purchases_beside")
    audit(again(2, titles))
    assert update_all_pairs() == 1
    doubled = judged()
    assert doubled != alone
    assert bool(titles) == (figures(3, "purchases_beside") == beside)  # of one subject
    decide(lead)
    assert Audit.objects.filter(process__ocid=CITY, is_current=True, is_due=True).exists()
    audit()
    assert judged() == alone
    assert figures(3, "purchases_beside") == beside
    assert not Purchase.objects.filter(process__ocid=CITY).exists()
    assert not Participation.objects.filter(process__ocid=CITY).exists()
    # The record itself is still asked what rests on it alone.
    assert bool(titles) != Flag.objects.standing().filter(process__ocid=CITY, rule="T01").exists()
    audit({**again(2, titles), "id": "2", "date": "2024-05-01T00:00:00Z"})
    assert judged() == alone
    decide(lead, Kind.PARTED)
    audit()
    assert judged() == doubled


@pytest.fixture
def published_twice():
    audit(bought(1), bought(2), again(2))
    assert update_all_pairs() == 1
    return SameProcess.objects.get()


def sums():
    answer = Client().get("/api/v1/contracts/sums/?by=supplier&currency=PEN").json()
    codes = [(entry["code"], entry["rows"]) for entry in answer["warnings"]]
    return {row["supplier"]: (row["contracts"], row["amount"]) for row in answer["results"]}, codes


def row(ocid, address="contracting-processes"):
    (found,) = Client().get(f"/api/v1/{address}/?ocid={ocid}").json()["results"]
    return found["same_as"], found["perhaps_same_as"]


def test_sums_count_both_and_say_so_until_a_person_decides(lead, published_twice):
    key = Organization.objects.get(name="Empresa S1").pk
    assert sums() == ({"Empresa S1": (2, "2000"), "Empresa S2": (1, "3000")}, [("perhaps_twice", 1)])
    found = count(purchases(country="PE"))
    assert (found.purchases, found.twice, found.perhaps_twice) == (3, 0, 1)
    assert count(purchases(supplier=key), supplier=key).perhaps_twice == 1
    assert count(purchases(country="MX")).perhaps_twice == 0
    page = text_of(Client().get("/countries/PE/?lang=en").content.decode())
    assert "1 of them is perhaps published twice, and so counted twice: nobody has decided yet." in page
    decide(lead)
    assert sums() == ({"Empresa S1": (1, "1000"), "Empresa S2": (1, "3000")}, [])
    found = count(purchases(country="PE"))
    assert (found.purchases, found.twice, found.perhaps_twice) == (2, 1, 0)
    (bought,) = Client().get(f"/api/v1/organizations/{key}/").json()["supplied"]
    assert (bought["contracts"], bought["amount"]) == (1, "1000")
    page = text_of(Client().get(f"/organizations/{key}/?lang=en").content.decode())
    assert "not counting 1 that another record replaces" in page
    assert "perhaps" not in page


def test_of_three_sources_two_are_too_many():
    audit(bought(2), again(2), {**again(2), "ocid": "ocds-third1-2"}, bought(1), {**again(1), "ocid": "ocds-third1-1"})
    assert update_all_pairs() == 4
    assert sums()[1] == [("perhaps_twice", 3)]


def test_the_rows_behind_a_sum_are_as_many_as_it_counts(lead, published_twice):
    decide(lead)
    audit()
    assert overview().by_country("surveillance") == {"PE": 2}
    page = Client().get("/countries/PE/?lang=en").content.decode()
    query = re.search(r"/api/v1/contracts/\?([^\"]+)", page).group(1).replace("&amp;", "&")
    rows = Client().get(f"/api/v1/contracts/?{query}").json()["results"]
    assert sorted(entry["ocid"] for entry in rows) == ["ocds-test01-1", "ocds-test01-2"]
    (rest,) = Client().get("/api/v1/contracts/?counted=no").json()["results"]
    assert rest["ocid"] == CITY
    assert len(Client().get("/api/v1/contracts/").json()["results"]) == 3
    assert Client().get("/api/v1/contracts/sums/?by=country&counted=no").json()["results"][0]["contracts"] == 1


@pytest.mark.parametrize("address", ["contracting-processes", "contracts"])
def test_rows_name_the_other_one(lead, published_twice, address):
    assert row(CITY, address) == (None, ["ocds-test01-2"])
    assert row("ocds-test01-2", address) == (None, [CITY])
    assert row("ocds-test01-1", address) == (None, [])
    lines = b"".join(Client().get(f"/api/v1/{address}.csv?ocid={CITY}").streaming_content).decode().splitlines()
    line = next(csv.DictReader(lines))
    assert (line["same_as"], line["perhaps_same_as"]) == ("", "ocds-test01-2")
    decide(lead)
    assert row(CITY, address) == ("ocds-test01-2", [])
    assert row("ocds-test01-2", address) == (None, [])
    # It stays whole, at its own address.
    detail = Client().get(f"/api/v1/contracting-processes/{CITY}/").json()
    assert (detail["same_as"], len(detail["contracts"]), bool(detail["cite"])) == ("ocds-test01-2", 1, True)


def test_what_is_no_longer_public_is_named_to_nobody(published_twice):
    ContractingProcess.objects.filter(ocid="ocds-test01-2").update(verification="retired")
    assert row(CITY) == (None, [])
    assert "ocds-test01-2" not in Client().get(f"/processes/{CITY}/?lang=en").content.decode()


def test_pages_of_both_lead_to_each_other(lead, published_twice):
    for one, other in (CITY, "ocds-test01-2"), ("ocds-test01-2", CITY):
        page = Client().get(f"/processes/{one}/?lang=en").content.decode()
        assert "Perhaps published twice, by buyer, suppliers, and two of amount, day and number;" in page
        assert f'href="/processes/{other}/' in page
    decide(lead)
    page = Client().get(f"/processes/{CITY}/?lang=en").content.decode()
    assert "and counts in sums and shares instead of this one" in page
    assert 'href="/processes/ocds-test01-2/' in page
    assert (
        "this one counts in sums and shares instead of it"
        in Client().get("/processes/ocds-test01-2/?lang=en").content.decode()
    )
    assert "counted with another record" in Client().get("/search/?in=contracts&lang=en").content.decode()
    assert "Perhaps published twice" not in Client().get("/processes/ocds-test01-1/?lang=en").content.decode()


def test_followers_hear_of_a_decision(lead, published_twice):
    since = Client().get("/api/v1/changes/?since=now").json()["next"]
    decide(lead)
    (change,) = Client().get(since).json()["results"]
    assert (change["kind"], change["ocid"]) == ("record_merged", CITY)
    feed = Client().get("/search/feed.atom?country=PE&lang=en").content.decode()
    assert "counted with another record</title>" in feed


def test_what_was_loaded_is_looked_at_when_it_is_committed(published_twice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        load({**again(2), "id": "2", "date": "2024-06-01T00:00:00Z", "awards": [{"id": "A", "status": "cancelled"}]})
    assert SameProcess.objects.count() == 0
