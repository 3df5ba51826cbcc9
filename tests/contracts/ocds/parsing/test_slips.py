"""Slips of dates and amounts that the rest of a record gives away."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contracts.ocds.messages import CORRECTIONS
from contracts.ocds.parsing.parse import parse_process

CODES = {"date_impossible", "date_year_off", "amount_power_of_ten"}


def read(*, ocid="ocds-test01-1", **members):
    return parse_process({"ocid": ocid, "date": "2016-02-01T00:00:00Z", **members})


def noted(corrections):
    return [(entry.path, entry.reason) for entry in corrections if entry.reason in CODES]


@pytest.mark.parametrize(
    ("date", "is_read"),
    [
        ("1990-01-01T00:00:00Z", True),
        ("1989-12-31T00:00:00Z", False),
        ("1970-01-01T00:00:00Z", False),
        ("0218-03-01T00:00:00Z", False),
        ("2046-12-31T00:00:00Z", True),
        ("2047-01-01T00:00:00Z", False),
        ("2105-10-09T05:00:00.000Z", False),
    ],
)
def test_dates_lie_between_1990_and_thirty_years_after_the_record(date, is_read):
    process, corrections = read(awards=[{"date": date}])
    assert (process.awards[0].date is not None) is is_read
    assert noted(corrections) == ([] if is_read else [("/awards/0/date", "date_impossible")])


def test_a_contract_may_last_for_generations():
    period = {"startDate": "2016-01-01T00:00:00Z", "endDate": "2115-01-01T00:00:00Z"}
    process, _ = read(contracts=[{"period": period}], tender={"contractPeriod": period, "tenderPeriod": period})
    assert process.contracts[0].period.end == process.tender.contract_period.end == datetime(2115, 1, 1, tzinfo=UTC)
    assert process.tender.tender_period.end is None


def dated(end, award, signed, start="2015-11-20"):
    return {
        "tender": {"tenderPeriod": {"startDate": f"{start}T10:00:00Z", "endDate": f"{end}T10:00:00Z"}},
        "awards": [{"date": f"{award}T10:00:00Z"}],
        "contracts": [{"dateSigned": f"{signed}T10:00:00Z"}],
    }


@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        # the end of the time to bid stands after award and signature, and would fit a year before
        (dated("2016-12-16", "2016-03-14", "2016-03-20"), ["/tender/tenderPeriod/endDate"]),
        (dated("2015-12-16", "2029-01-14", "2016-03-20"), ["/awards/0/date"]),
        (dated("2015-12-16", "2016-03-14", "2006-03-20"), ["/contracts/0/dateSigned"]),
        # a signature years later may be one
        (dated("2015-12-16", "2016-03-14", "2019-03-20"), []),
        # in no year would it lie among the others
        (dated("2015-11-25", "2015-11-28", "2029-05-20"), []),
        # the others do not agree
        (dated("2015-12-16", "2018-03-14", "2029-03-20"), []),
        (dated("2015-12-16", "2016-03-14", "2016-03-20"), []),
    ],
)
def test_a_year_off_against_the_dates_around_it(dates, wrong):
    process, corrections = read(**dates)
    assert noted(corrections) == [(path, "date_year_off") for path in wrong]
    kept = [process.tender.tender_period.end, process.awards[0].date, process.contracts[0].date_signed]
    assert kept.count(None) == len(wrong)


def test_one_date_against_one_is_not_a_slip():
    _, corrections = read(
        awards=[{"date": "2029-03-14T10:00:00Z"}], contracts=[{"dateSigned": "2016-03-20T10:00:00Z"}]
    )
    assert noted(corrections) == []


def valued(tender, award, contract, currency="MXN"):
    def value(amount, in_currency="MXN"):
        return {"amount": Decimal(amount), "currency": in_currency}

    return {
        "tender": {"value": value(tender)},
        "awards": [{"id": "A", "value": value(award)}],
        "contracts": [{"id": "C", "value": value(contract, currency)}],
    }


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (valued("128400", "12840000", "128400"), ["/awards/0/value/amount"]),
        (valued("1284000", "128400", "128400"), ["/tender/value/amount"]),
        (valued("128400", "128400", "1284.01"), ["/contracts/0/value/amount"]),
        (valued("128400", "12840000", "99000"), []),
        (valued("300000", "12840000", "12840000"), []),
        (valued("128400", "12840000", "128400", "USD"), []),
        (valued("0", "128400", "128400"), []),
    ],
)
def test_an_amount_off_by_a_power_of_ten(values, wrong):
    process, corrections = read(**values)
    assert noted(corrections) == [(path, "amount_power_of_ten") for path in wrong]
    amounts = [process.tender.value.amount, process.awards[0].value.amount, process.contracts[0].value.amount]
    assert amounts.count(None) == len(wrong)


def test_of_several_awards_none_is_a_slip():
    values = valued("128400", "12840000", "128400")
    values["awards"].append({"id": "B", "value": {"amount": Decimal(1), "currency": "MXN"}})
    assert noted(read(**values)[1]) == []


def test_every_code_of_a_slip_has_a_text():
    assert CORRECTIONS.keys() >= CODES


def contracted(start, end, duration=None, signed="2021-02-01", **members):
    period = {"startDate": f"{start}T00:00:00Z", "endDate": f"{end}T00:00:00Z", "durationInDays": duration}
    return {"contracts": [{"dateSigned": f"{signed}T00:00:00Z", "period": period, **members}]}


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        # the term begins after its own end, and would fit ten years before
        (contracted("2031-02-08", "2021-08-01"), ["startDate"]),
        # a term that was renewed begins late, and ends later
        (contracted("2031-02-08", "2033-02-01"), []),
        # the signature does not agree with the end
        (contracted("2031-02-08", "2021-08-01", signed="2017-02-01"), []),
        # the duration tells of three years
        (contracted("2024-03-01", "2084-02-28", 1095), ["endDate"]),
        # in no year would it end there
        (contracted("2024-03-01", "2084-08-31", 1095), []),
        (contracted("2024-03-01", "2084-02-28", 365 * 60 + 15), []),
        (contracted("2024-03-01", "2084-02-28"), []),
        (contracted("2024-03-01", "2025-02-28", 1095), []),
        (contracted("2024-03-01", "2084-02-28", 2_000_000_000), []),
    ],
)
def test_a_year_off_in_the_term_of_a_contract(members, wrong):
    process, corrections = read(**members)
    assert noted(corrections) == [(f"/contracts/0/period/{member}", "date_year_off") for member in wrong]
    period = process.contracts[0].period
    assert [period.start, period.end].count(None) == len(wrong)


@pytest.mark.parametrize("member", ["amendments", "implementation"])
@pytest.mark.parametrize(
    ("dates", "wrong"),
    [
        (("2024-03-01", "2014-05-01", "2024-09-01"), [1]),
        (("2024-03-01", "2034-05-01", "2024-09-01"), [1]),
        # the list may stand in another order
        (("2024-03-01", "2025-05-01", "2024-09-01"), []),
        # nobody stands behind the last, or before the first
        (("2024-03-01", "2024-05-01", "2034-09-01"), []),
        (("2014-03-01", "2024-05-01", "2024-09-01"), []),
        # its neighbours do not agree
        (("2014-03-01", "2019-05-01", "2024-09-01"), []),
        # in no year would it lie between them
        (("2024-03-01", "2014-11-01", "2024-04-01"), []),
        (("2024-03-01", "2014-05-01"), []),
    ],
)
def test_a_year_off_between_its_neighbours_in_a_list(member, dates, wrong):
    entries = [{"id": str(place), "date": f"{day}T00:00:00Z"} for place, day in enumerate(dates)]
    listed = entries if member == "amendments" else {"transactions": entries}
    process, corrections = read(contracts=[{member: listed}])
    at = f"/contracts/0/{member}" + ("" if member == "amendments" else "/transactions")
    assert noted(corrections) == [(f"{at}/{place}/date", "date_year_off") for place in wrong]
    (contract,) = process.contracts
    assert [entry.date for entry in (*contract.amendments, *contract.transactions)].count(None) == len(wrong)


def priced(award, contract, *, offered=None, paid=(), others=False):
    def value(amount):
        return {"amount": Decimal(amount), "currency": "MXN"}

    return {
        "awards": [
            {"id": "A", "value": value(award), "suppliers": [{"id": "S"}]},
            *([{"id": "B", "value": value(5)}] if others else []),
        ],
        "contracts": [
            {
                "id": "C",
                "awardID": "A",
                "value": value(contract),
                "implementation": {
                    "transactions": [{"id": str(n), "value": value(amount)} for n, amount in enumerate(paid)]
                },
            },
            *([{"id": "D", "awardID": "B", "value": value(5)}] if others else []),
        ],
        "bids": {"details": [{"id": "1", "value": value(offered), "tenderers": [{"id": "S"}]}] if offered else []},
    }


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        (priced(10_000, 1_000, offered=1_000), ["/awards/0/value/amount"]),
        (priced(10_000, 1_000, offered=10_000), ["/contracts/0/value/amount"]),
        (priced(10_000, 1_000, paid=(400, 600)), ["/awards/0/value/amount"]),
        (priced(10_000, 1_000, paid=(400, 600), others=True), ["/awards/0/value/amount"]),
        (priced(10_000, 1_000, offered=1_000, paid=(400, 600)), ["/awards/0/value/amount"]),
        (priced(10_000, 1_000, offered=10_000, paid=(4_000, 6_000)), ["/contracts/0/value/amount"]),
        # offer and payments speak against each other
        (priced(10_000, 1_000, offered=10_000, paid=(400, 600)), []),
        # half of it was paid so far, or nothing tells which of the two it is
        (priced(10_000, 1_000, paid=(400,)), []),
        (priced(10_000, 1_000), []),
        (priced(10_000, 1_000, offered=1_000, others=True), []),
        (priced(1_100, 1_000, offered=1_000), []),
    ],
)
def test_an_amount_off_by_a_power_of_ten_against_offer_or_payments(values, wrong):
    process, corrections = read(**values)
    assert noted(corrections) == [(path, "amount_power_of_ten") for path in wrong]
    amounts = [process.awards[0].value.amount, process.contracts[0].value.amount]
    assert amounts.count(None) == len(wrong)


@pytest.mark.parametrize(
    ("tender", "award", "is_slip"),
    [("2027-03-01", "2027-02-28", True), ("2027-03-01", "2026-02-28", False), ("2084-02-28", "2084-02-28", False)],
)
def test_a_year_off_against_the_terms_of_tender_and_award(tender, award, is_slip):
    members = contracted("2024-03-01", "2084-02-28", awardID="A")
    members["tender"] = {"contractPeriod": {"endDate": f"{tender}T00:00:00Z"}}
    members["awards"] = [{"id": "A", "contractPeriod": {"endDate": f"{award}T00:00:00Z"}}]
    process, corrections = read(**members)
    assert noted(corrections) == ([("/contracts/0/period/endDate", "date_year_off")] if is_slip else [])
    assert (process.contracts[0].period.end is None) is is_slip
