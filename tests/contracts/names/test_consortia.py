"""Members known only from the name of a consortium: shown as such, and in no sum."""

import pytest
from django.db import connection

from contracts.models import Contract, Organization, Party
from contracts.names import consortia
from contracts.names.consortia import members_by_name, names_listed
from contracts.pages.rendering import EVERYONE
from contracts.postgres.search import with_words
from tests.support.clients import Client
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("CONSORCIO NORTE (ALFA S.A.; BETA LTDA.)", ("ALFA S.A.", "BETA LTDA.")),
        ("Unión Temporal Vías 2024 (Alfa S.A. / Beta Ltda. / Alfa S.A.)", ("Alfa S.A.", "Beta Ltda.")),
        ("UTE Sur (2024) (ALFA/BETA)", ("ALFA", "BETA")),
        ("CONSORCIO A/B (ALFA S/A; BETA)", ("ALFA S/A", "BETA")),
        ("Consórcio Leste (Alfa)", ()),
        ("CONSORCIO NORTE (;;/ ALFA)", ()),
        # a firm and its short name; names with hyphens
        ("CONSORCIO FRAP SOCIEDAD ANONIMA CERRADA - FRAP S.A.C.", ()),
        ("UNION TEMPORAL ALFA - BETA", ()),
        ("BANCO DEL SUR (ALFA; BETA)", ()),
        ("CONSORCIOS", ()),
        ("(ALFA; BETA)", ()),
        ("", ()),
    ],
)
def test_names_are_listed_in_brackets_and_parted_by_semicolons_or_slashes(name, listed):
    assert names_listed(name) == listed


def test_a_bracket_that_is_not_closed_costs_no_time():
    assert names_listed("CONSORCIO " + "(" * 50_000 + "A;B") == ()


def organization(number: int, name: str, country: str = "PE") -> dict:
    return {
        "id": f"O{number}",
        "name": name,
        "identifier": {"scheme": f"{country}-RUC", "id": f"20{number}"},
        "address": {"countryName": country},
        "roles": ["supplier"],
    }


@pytest.fixture
def consortium() -> Organization:
    """One that supplied for 900, and five that its name lists: of them two can be told."""
    named = [
        (1, "CONSORCIO NORTE (ALFA SA; Béta Ltda; GAMMA S.A.; DELTA S.A.; OMEGA S.A.)", "PE"),
        (2, "Alfa S.A.", "PE"),
        (3, "BETA LTDA.", "PE"),
        (4, "Gamma S.A.", "PE"),
        (5, "GAMMA SA", "PE"),
        (6, "Delta S.A.", "CO"),  # of another country
    ]
    for number, name, country in named:
        record = release(f"ocds-test01-{number}")
        record["parties"] = [record["parties"][0], organization(number, name, country)]
        record["parties"][0]["address"] = {"countryName": country}
        record["tender"]["tenderers"] = record["awards"][0]["suppliers"] = [{"id": f"O{number}", "name": name}]
        record["contracts"][0]["value"]["amount"] = 900
        load(record)
    return Organization.objects.get(name__startswith="CONSORCIO")


def test_namesakes_on_record_are_shown_and_nothing_rests_on_them(consortium):
    before = list(Contract.objects.order_by("pk").values_list("suppliers", "supplier_roles"))
    found = members_by_name(consortium, EVERYONE)
    assert [(member.name, member.written) for member in found] == [
        ("Alfa S.A.", "ALFA SA"),
        ("BETA LTDA.", "Béta Ltda"),
    ]
    body = Client().get(f"/api/v1/organizations/{consortium.pk}/").json()
    assert body["members_by_name"] == [
        {"id": member.id, "name": member.name, "written": member.written, "url": f"/api/v1/organizations/{member.id}/"}
        for member in found
    ]
    assert (body["members"], [row["role"] for row in body["supplied_as"]]) == ([], ["sole"])
    alfa = Client().get(f"/api/v1/organizations/{found[0].id}/").json()
    assert [row["amount"] for row in alfa["supplied"]] == [row["amount"] for row in body["supplied"]] == ["900"]
    assert (alfa["member_of"], alfa["members_by_name"]) == ([], [])
    assert list(Contract.objects.order_by("pk").values_list("suppliers", "supplier_roles")) == before
    assert not Party.objects.exclude(member_of=[]).exists()


def test_the_page_tells_them_as_what_the_name_says(consortium):
    page = Client().get(f"/organizations/{consortium.pk}/?lang=en").content.decode()
    said = page.partition("Its members, as its name alone says")[2]
    assert said.index("Alfa S.A.") < said.index("BETA LTDA.") < said.index("No record states this")
    other = Organization.objects.get(name="Alfa S.A.")
    assert "as its name alone says" not in Client().get(f"/organizations/{other.pk}/?lang=en").content.decode()


def test_an_organization_that_only_a_claim_names_is_not_told(consortium):
    Party.objects.filter(organization__name="Alfa S.A.").delete()
    assert [member.name for member in members_by_name(consortium, EVERYONE)] == ["BETA LTDA."]


def test_of_a_name_whose_words_more_share_than_are_compared_nobody_is_told(consortium, monkeypatch):
    monkeypatch.setattr(consortia, "_MAX_COMPARED", 1)
    assert [member.name for member in members_by_name(consortium, EVERYONE)] == ["Alfa S.A.", "BETA LTDA."]
    load(release("ocds-test01-9", parties=[organization(9, "Alfa S.A. del Sur")]))
    assert [member.name for member in members_by_name(consortium, EVERYONE)] == ["BETA LTDA."]


def test_a_search_that_takes_too_long_ends_the_looking(consortium, monkeypatch):
    def slow(rows, text, *paths):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [0 if "alfa" in text else 5])
        return with_words(rows, text, *paths)

    monkeypatch.setattr(consortia, "with_words", slow)
    monkeypatch.setattr(consortia, "_SECONDS", 1.5)
    assert [member.name for member in members_by_name(consortium, EVERYONE)] == ["Alfa S.A."]


def test_a_kind_of_supplier_is_not_a_member(consortium):
    Organization.objects.filter(name="Alfa S.A.").update(key="name:PE:alfa @ocds-test01-2")
    assert [member.name for member in members_by_name(consortium, EVERYONE)] == ["BETA LTDA."]
