"""A tax number tells one organization from others of its name, whether its register is named, called so, or not."""

import pytest

from contracts.models import Organization
from tests.support.records import load, release

# Made up, with the check digits that they must have.
ONE, OTHER = "11222333000181", "44555666000181"
NIT, RFC = "900504030", "AFI010203A12"

pytestmark = pytest.mark.django_db
NAME = "Secretaria Municipal de Educação"


def bought(number: int, buyer: str, *, country: str = "Brasil", name: str = NAME, **identifier: str) -> dict:
    party = {"id": "B", "name": name, "roles": ["buyer"], "identifier": {"id": buyer, **identifier}}
    return release(
        f"ocds-test01-{number}",
        buyer={"id": "B", "name": name},
        parties=[party | {"address": {"countryName": country}}],
    )


def buyers() -> list[tuple[str, str]]:
    return list(Organization.objects.filter(roles__contains=["buyer"]).order_by("key").values_list("key", "scheme"))


def test_buyers_of_one_name_are_told_apart_by_number_and_not_by_register():
    load(
        bought(1, ONE),
        bought(2, OTHER),
        bought(3, f"{ONE[:2]}.{ONE[2:5]}.{ONE[5:8]}/{ONE[8:12]}-{ONE[12:]}"),
        bought(4, ONE, scheme="BR-CNPJ"),
    )
    assert buyers() == [(f"BR-CNPJ:{ONE}", "BR-CNPJ"), (f"BR-CNPJ:{OTHER}", "BR-CNPJ")]


@pytest.mark.parametrize(
    ("number", "country"), [(ONE[:-1] + str((int(ONE[-1]) + 1) % 10), "Brasil"), ("0" * 14, "Brasil"), (ONE, "Peru")]
)
def test_what_is_not_a_number_of_a_country_s_register_is_none(number, country):
    load(bought(1, number, country=country))
    ((key, scheme),) = buyers()
    assert (key.partition(":")[0], scheme) == ("name", "")


@pytest.mark.parametrize(
    ("country", "key", "numbers"),
    [
        ("México", f"MX-RFC:{RFC}", [(RFC, ""), ("AFI-010203-A12", "RFC"), (RFC, "MX-RFC")]),
        ("Colombia", f"CO-NIT:{NIT}", [("900.504.030-1", ""), (NIT, "NIT"), (f"{NIT}1", "CO-NIT")]),
        ("Honduras", "HN-RTN:08019003011223", [("08019003011223", "RTN"), ("HN-RTN-08019003011223", "HN-RTN")]),
    ],
)
def test_however_a_number_is_written_and_its_register_called_it_is_one_organization(country, key, numbers):
    load(
        *(
            bought(place, number, country=country, name=f"Nombre {letter}", **({"scheme": scheme} if scheme else {}))
            for (place, (number, scheme)), letter in zip(enumerate(numbers), "ABC", strict=False)
        )
    )
    assert buyers() == [(key, key.partition(":")[0])]


@pytest.mark.parametrize(
    ("number", "scheme", "country"),
    [
        (f"NIT {NIT}-1", "NIT", "Colombia"),
        (f"NIT: {NIT}-1", "", "Colombia"),
        (f"NIT {NIT}", "CO-NIT", "Colombia"),
        (f"CO-NIT-{NIT}1", "CO-NIT", "Colombia"),
        (f"{NIT}1", "co-nit", "Colombia"),
        (f"{NIT}1", "CO-NIT", "Estados Unidos"),
    ],
)
def test_a_number_behind_the_name_of_its_register_is_that_number_wherever_its_party_is(number, scheme, country):
    load(bought(1, number, country=country, **({"scheme": scheme} if scheme else {})))
    assert buyers() == [(f"CO-NIT:{NIT}", "CO-NIT")]


def test_what_two_countries_call_alike_are_two_registers():
    load(
        bought(1, "4090503", country="Bolivia", scheme="NIT"), bought(2, "4090503", country="Guatemala", scheme="NIT")
    )
    assert [key for key, _scheme in buyers()] == ["BO-NIT:4090503", "GT-NIT:4090503"]


@pytest.mark.parametrize("number", ["99999999999", "20123456789"])
def test_a_number_that_was_only_typed_identifies_nobody_in_the_register_that_is_named(number):
    load(bought(1, number, country="Peru", scheme="PE-RUC"))
    assert buyers()[0][0].startswith("name:PE:")


@pytest.mark.parametrize(
    ("number", "known"),
    [
        ("EC-RUC-1768999990001-278089", "1768999990001"),  # as SERCOP writes a RUC and an account in its portal
        ("1768999990001-35612", "1768999990001"),
        ("EC-RUC-1711999999001-511866", "1711999999001"),  # a person's, which shows no check digit
        ("EC-RUC-1768999990001", "1768999990001"),
        ("EC-RUC-1768999990-278089", "1768999990278089"),  # no RUC: it is kept whole
    ],
)
def test_an_account_number_behind_a_tax_number_is_left_out(number, known):
    load(bought(1, number, country="Ecuador", scheme="EC-RUC"))
    assert buyers() == [(f"EC-RUC:{known}", "EC-RUC")]


def test_two_accounts_of_one_tax_number_are_one_organization_and_its_number_is_shown():
    load(*(bought(place, f"EC-RUC-1768999990001-{place}", country="Ecuador", scheme="EC-RUC") for place in (1, 2)))
    buyer = Organization.objects.get(roles__contains=["buyer"])
    assert buyer.identifier == "1768999990001"
