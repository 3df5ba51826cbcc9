"""Amounts are stored in US dollars beside their own currency, and converted again when the rates change."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command

from contracts.intake.rows import converting
from contracts.models import Contract, ContractingProcess
from contracts.ocds.codelists import exchange
from contracts.ocds.codelists.exchange import Rate, rate_on
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def bought(ocid, amount, currency, signed="2021-03-10T12:00:00Z", **changes):
    value = {"value": {"amount": amount, "currency": currency}}
    dated = {"dateSigned": signed} if signed else {}
    contracts = [{"id": "C", "awardID": "A", **value, **dated}]
    return release(ocid, contracts=contracts, awards=[{"id": "A", "status": "active", **value}], **changes)


def stored(model):
    ordered = model.objects.order_by("ocid" if model is ContractingProcess else "process__ocid")
    return [(row.amount_usd, row.rate_period) for row in ordered]


@pytest.fixture
def records():
    load(
        bought("ocds-test01-1", 388.06, "PEN"),
        bought("ocds-test01-2", 2075, "MXN"),
        bought("ocds-test01-3", 12.5, "USD", signed=None),
        bought("ocds-test01-4", 1000, "CLF"),
        bought("ocds-test01-5", 388.06, "PEN", signed=None, date="2021-12-31T22:00:00-05:00"),
        release("ocds-test01-6", tender={"id": "T"}, awards=[], contracts=[]),
    )


EXPECTED = [(Decimal("100.00"), "2021"), (Decimal("100.00"), "2021-03"), (Decimal("12.50"), ""), (None, "")]


def test_amounts_are_converted_as_they_are_stored(records):
    assert stored(ContractingProcess)[:4] == stored(Contract)[:4] == EXPECTED
    assert stored(ContractingProcess)[5] == (None, "")


def test_what_is_converted_again_is_the_same(records):
    # The last day of a year in Lima, and the first of the next one in UTC: both ways take the same.
    assert converting.convert_stored() == 0


def test_rows_of_the_version_before_are_converted_once(records, capsys):
    before = stored(Contract), stored(ContractingProcess)
    for model in (Contract, ContractingProcess):
        model.objects.update(amount_usd=None, rate_period="")

    call_command("loadreference")

    assert "exchange rates: 8 amounts converted" in capsys.readouterr().out
    assert (stored(Contract), stored(ContractingProcess)) == before
    call_command("loadreference")
    assert "exchange rates" not in capsys.readouterr().out


def test_other_rates_change_what_is_stored_and_nothing_else(records, monkeypatch):
    known = {"PEN": {"2021": Rate("PEN", "2021", Decimal(4), "imf")}, "USD": exchange.rates()["USD"]}
    monkeypatch.setattr(converting, "rates", lambda: known)
    monkeypatch.setattr(converting, "SLICE_ROWS", 2)

    assert converting.convert_stored() == 6

    assert stored(Contract)[:3] == [(Decimal("97.02"), "2021"), (None, ""), (Decimal("12.50"), "")]


def test_a_process_is_converted_at_the_day_of_its_first_signature(db):
    value = {"value": {"amount": 100, "currency": "BRL"}}
    contracts = [
        {"id": name, "awardID": "A", "dateSigned": f"2021-{name}-01T12:00:00Z", **value} for name in ("04", "02")
    ]
    load(release("ocds-test01-1", contracts=contracts))
    (process,) = ContractingProcess.objects.all()
    assert process.rate_period == "2021-02"
    assert process.amount_usd == round(200 / rate_on("BRL", date(2021, 2, 1)).per_usd, 2)
