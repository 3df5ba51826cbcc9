"""In Brazil a tax number tells one organization from others of its name, whether its register is named or not."""

import pytest

from contracts.models import Organization
from contracts.ocds.tax_numbers import is_cnpj
from tests.support.records import load, release

# Made up, with the check digits that they must have.
ONE, OTHER = "11222333000181", "44555666000181"

pytestmark = pytest.mark.django_db
NAME = "Secretaria Municipal de Educação"


def bought(number: int, buyer: str, *, country: str = "Brasil", **identifier: str) -> dict:
    party = {"id": "B", "name": NAME, "roles": ["buyer"], "identifier": {"id": buyer, **identifier}}
    return release(
        f"ocds-test01-{number}",
        buyer={"id": "B", "name": NAME},
        parties=[party | {"address": {"countryName": country}}],
    )


def buyers() -> list[tuple[str, str]]:
    return list(Organization.objects.filter(roles__contains=["buyer"]).order_by("key").values_list("key", "scheme"))


def test_two_buyers_of_one_name_are_two_by_their_numbers_and_one_with_or_without_its_register():
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
def test_what_is_no_number_of_brazil_s_register_is_none(number, country):
    load(bought(1, number, country=country))
    ((key, scheme),) = buyers()
    assert (key.partition(":")[0], scheme) == ("name", "")


@pytest.mark.parametrize("number", ["", ONE[:-1], f"{ONE}0", "²" * 14, "1" * 14])
def test_fourteen_digits_that_differ_are_a_number(number):
    assert is_cnpj(ONE)
    assert not is_cnpj(number)
