"""Odd numbers, as they are written: each is refused with its pointer, logged as a correction, or read exactly."""

import json
from decimal import Decimal

import pytest

from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Submission
from tests.contracts.api.sending import ADDRESS, SIMPLE, nothing_is_stored, problem, send
from tests.support.records import release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]

# token → the problem that refuses it
REFUSED = {
    "1e400": "number_out_of_range",
    "-1e400": "number_out_of_range",
    "1e-400": "number_underflow",
    # Exponents that no Decimal has.
    "1e99999999999999999999": "number_out_of_range",
    "-1e-99999999999999999999": "number_underflow",
    "1" * 41: "number_too_long",
}
# token → the correction that is logged, and the amount that is used
CORRECTED = {
    "123456789012345678901234567890": ("number_out_of_range", None),
    "1e30": ("number_out_of_range", None),
    "0.12345678901234": ("number_rounded", Decimal("0.123456789")),
    "-5": ("number_negative", Decimal(-5)),
    "-0.01": ("number_negative", Decimal("-0.01")),
    '"-5"': ("text_as_number", Decimal(-5)),
    "true": ("number_expected", None),
    "false": ("number_expected", None),
    '"12,50"': ("number_expected", None),
    "NaN": ("number_expected", None),
    "Infinity": ("number_expected", None),
    '"NaN"': ("number_expected", None),
    '"Infinity"': ("number_expected", None),
    '"1e400"': ("number_expected", None),
    '"true"': ("number_expected", None),
    "[5]": ("number_expected", None),
    '{"amount": 5}': ("number_expected", None),
}
EXACT = {
    "12345678901234567890": 12345678901234567890,
    "-0": 0,
    "1E+2": 100,
    "0.1": Decimal("0.1"),
    "1e-10": Decimal("1e-10"),
}
COUNTED = ("-5", "-1", "12345678901234567890", "1e30", "2.5", "true", '"two"', "[1]")
AMOUNTS = ("/tender/value/amount", "/awards/0/value/amount", "/contracts/0/value/amount", "/tender/items/0/quantity")


def body_with(value, pointer, token) -> bytes:
    """A JSON document in which a number is written as a token says, valid JSON or not."""
    *path, name = pointer.split("/")[1:]
    place = value
    for step in path:
        place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
    place[name] = "@"
    return json.dumps(value).replace('"@"', token).encode()


def record_with(pointer, token) -> bytes:
    value = release()
    value["tender"]["items"] = [{"id": "1", "quantity": 1}]
    return body_with(value, pointer, token)


def simple_with(pointer, token) -> bytes:
    value = {name: member for name, member in SIMPLE.items() if name != "value"}
    return body_with(value, pointer, token)


def status_of(client, answer) -> dict:
    """Process what was taken, and return its status as the sender reads it."""
    assert answer.status_code == 202, answer.content
    process_submission(Submission.objects.get().pk)
    return client.get(f"{ADDRESS}{answer.json()['id']}/").json()


@pytest.mark.parametrize("pointer", [*AMOUNTS, "/tender/numberOfTenderers", "/x/y"])
@pytest.mark.parametrize("token", REFUSED)
def test_a_number_that_no_decimal_holds_is_refused_with_its_place(sender, pointer, token):
    for address in (f"{ADDRESS}validate/", ADDRESS):
        answer = send(sender, record_with(pointer, token), address=address)
        body = problem(answer, 422, REFUSED[token])
        assert [error["pointer"] for error in body["errors"]] == [pointer]
    assert nothing_is_stored()


@pytest.mark.parametrize("pointer", AMOUNTS)
@pytest.mark.parametrize("token", CORRECTED)
def test_a_changed_amount_is_a_logged_correction(sender, pointer, token):
    code, _used = CORRECTED[token]
    trial = send(sender, record_with(pointer, token), address=f"{ADDRESS}validate/").json()
    assert code in [row["code"] for row in trial["corrections"] if row["pointer"] == pointer]
    status = status_of(sender, send(sender, record_with(pointer, token)))
    logged = [row["code"] for row in status["corrections"] if row["pointer"] == pointer]
    assert code in logged
    assert all(row["detail"] for row in status["corrections"])
    assert "number_negative" in logged or not token.strip('"').startswith("-")


@pytest.mark.parametrize("token", [*CORRECTED, *EXACT])
def test_columns_have_the_used_value_and_the_record_the_original(sender, token):
    status_of(sender, send(sender, record_with("/tender/value/amount", token)))
    process = ContractingProcess.objects.get()
    assert process.tender_amount == (EXACT[token] if token in EXACT else CORRECTED[token][1])
    stored = process.compiled_release["tender"]["value"].get("amount")
    sent = json.loads(token, parse_constant=lambda _token: None)
    assert stored == pytest.approx(sent) if isinstance(sent, float) else stored == sent


@pytest.mark.parametrize("token", COUNTED)
def test_an_invalid_count_is_a_logged_correction(sender, token):
    pointer = "/tender/numberOfTenderers"
    status = status_of(sender, send(sender, record_with(pointer, token)))
    (row,) = [row for row in status["corrections"] if row["pointer"] == pointer and row["used"] is None]
    assert row["code"] in {"whole_number_expected", "number_expected", "number_out_of_range"}
    assert ContractingProcess.objects.get().number_of_tenderers is None


@pytest.mark.parametrize("pointer", ["/value", "/amount", "/value/amount"])
@pytest.mark.parametrize("token", [*REFUSED, "true", '"NaN"', '"1e400"', '"Infinity"', "[5]"])
def test_a_simple_contract_is_refused_with_its_place(sender, pointer, token):
    body = problem(
        send(sender, simple_with(pointer, token), address=f"{ADDRESS}simple-contract/"),
        422,
        REFUSED.get(token, "simple_contract"),
    )
    assert [error["pointer"] for error in body["errors"]] == [pointer]
    assert nothing_is_stored()


@pytest.mark.parametrize("pointer", ["/value", "/amount", "/value/amount"])
@pytest.mark.parametrize(
    ("token", "code", "used"),
    [
        ("-5", "amount_negative", Decimal(-5)),
        ('"1.250.000,00"', "amount_read", Decimal(1250000)),
        ('"S/ 12,50"', "amount_read", Decimal("12.5")),
    ],
)
def test_a_simple_contract_is_accepted_with_a_warning_at_its_place(sender, pointer, token, code, used):
    answer = send(sender, simple_with(pointer, token), address=f"{ADDRESS}simple-contract/")
    status = status_of(sender, answer)
    assert (code, pointer, True) in [(row["code"], row["pointer"], row["warning"]) for row in status["problems"]]
    assert ContractingProcess.objects.get().amount == used
