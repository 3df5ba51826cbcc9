from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from contracts.ocds.corrections import OBJECT
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.parsing.texts import process_texts


def corrections_of(release, **options):
    return [(entry.path, entry.reason) for entry in parse_process(release, **options)[1]]


def test_empty_release():
    process, corrections = parse_process({})
    assert (process.ocid, process.awards, process.parties, process.buyer) == ("", (), (), None)
    assert corrections == []
    assert process_texts(process) == ()


@pytest.mark.parametrize(
    ("amount", "read", "reason"),
    [
        (Decimal("1.5"), Decimal("1.5"), None),
        (0, Decimal(0), None),
        (-3, Decimal(-3), "number_negative"),
        ("1200.50", Decimal("1200.50"), "text_as_number"),
        ("MXN 1,200.50", None, "number_expected"),
        ("1.200,50", None, "number_expected"),
        (True, None, "number_expected"),
        ([1], None, "number_expected"),
        (Decimal("1E+30"), None, "number_out_of_range"),
        (Decimal("0.12345678901"), Decimal("0.1234567890"), "number_rounded"),
        ("", None, None),
    ],
)
def test_amounts_are_exact_or_not_read_at_all(amount, read, reason):
    process, corrections = parse_process({"tender": {"value": {"amount": amount, "currency": "MXN"}}})
    assert process.tender.value.amount == read
    assert [entry.reason for entry in corrections] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("currency", "read", "reason"),
    [("MXN", "MXN", None), ("mdl", "MDL", "currency_case"), ("MNX", "MNX", "currency_unknown"), ("VEF", "VEF", None)],
)
def test_currencies(currency, read, reason):
    process, corrections = parse_process({"tender": {"value": {"amount": 1, "currency": currency}}})
    assert process.tender.value.currency == read
    assert [entry.reason for entry in corrections] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("date", "read", "reason"),
    [
        ("2024-03-01T10:00:00-05:00", datetime(2024, 3, 1, 15, tzinfo=UTC), None),
        ("2024-03-01T10:00:00", datetime(2024, 3, 1, 15, tzinfo=UTC), "date_without_zone"),
        ("2024-03-01", datetime(2024, 3, 1, 5, tzinfo=UTC), "date_without_time"),
        ("2024-03-01T10:00:00.1234567Z", datetime(2024, 3, 1, 10, 0, 0, 123456, tzinfo=UTC), None),
        ("2024-03-01t10:00:00z", datetime(2024, 3, 1, 10, tzinfo=UTC), None),
        ("31/12/2024", None, "date_unreadable"),
        ("2024-02-30", None, "date_unreadable"),
        ("20240301", datetime(2024, 3, 1, 5, tzinfo=UTC), "date_without_time"),
        ("20240231", None, "date_unreadable"),
        ("01032024", None, "date_unreadable"),
        ("2024-03-01T10:00:00.-05:00", datetime(2024, 3, 1, 15, tzinfo=UTC), None),
        ("2024-03-01T10:00:00.", datetime(2024, 3, 1, 15, tzinfo=UTC), "date_without_zone"),
        ("2024-03-01T24:00:00-05:00", datetime(2024, 3, 2, 4, 59, 59, tzinfo=UTC), None),
        ("2024-03-01 24:00", datetime(2024, 3, 2, 4, 59, 59, tzinfo=UTC), "date_without_zone"),
        (["2024-03-01"], None, "date_unreadable"),
        ("0001-01-01T00:00:00", None, "date_placeholder"),
        ("0001-01-01T00:00:00+14:00", None, "date_unreadable"),
        ("9999-12-31T00:00:00Z", None, "date_placeholder"),
        ("", None, None),
    ],
)
def test_dates_become_instants_in_the_publishers_zone(date, read, reason):
    process, corrections = parse_process({"date": date}, zone=ZoneInfo("America/Bogota"))
    assert process.date == read
    assert [entry.reason for entry in corrections] == ([reason] if reason else [])


def test_bare_numbers_as_ids_become_text():
    process, corrections = parse_process({"awards": [{"id": 7, "suppliers": [{"id": 9, "name": "ACME"}]}]})
    assert (process.awards[0].id, process.awards[0].suppliers[0].id) == ("7", "9")
    assert {entry.reason for entry in corrections} == {"number_as_text"}


@pytest.mark.parametrize(
    ("awards", "ids", "reason"),
    [
        ({"0": {"id": "a"}, "2": {"id": "b"}}, {"/awards/0": "a", "/awards/2": "b"}, "object_of_entries"),
        ({"A/1": {"id": "A/1"}}, {"/awards/A~11": "A/1"}, "object_of_entries"),
        ({"value": {"amount": 1}}, {"/awards": ""}, "object_where_array"),
    ],
)
def test_entries_of_a_list_may_be_members_of_an_object_by_their_place_or_id(awards, ids, reason):
    process, _ = parse_process({"awards": awards})
    assert {award.path: award.id for award in process.awards} == ids
    assert corrections_of({"awards": awards}) == [("/awards", reason)]


def test_objects_and_lists_in_each_others_place():
    release = {"awards": {"id": "1"}, "tender": [{"title": "t"}], "contracts": "none", "parties": [None, 3]}
    process, _ = parse_process(release)
    assert (len(process.awards), process.tender.title) == (1, "t")
    assert corrections_of(release) == [
        ("/tender", "array_where_object"),
        ("/awards", "object_where_array"),
        ("/contracts", "array_expected"),
        ("/parties/1", "object_expected"),
    ]


def test_every_view_knows_its_pointer():
    process, _ = parse_process(
        {"awards": [{"id": "1"}, {"id": "2", "items": [{"classification": {"id": "43"}}], "value": {"amount": 1}}]}
    )
    award = process.awards[1]
    assert award.path == "/awards/1"
    assert award.value.path == "/awards/1/value"
    assert award.items[0].classifications[0].path == "/awards/1/items/0/classification"


def test_the_final_status_of_ocds_1_2_is_the_status_where_there_is_none():
    def ended(*statuses):
        return [{"finalStatus": status} for status in statuses]

    process, _ = parse_process(
        {
            "tender": {"finalStatus": "unsuccessful"},
            "awards": [*ended("complete", "cancelled"), {"status": "pending", "finalStatus": "cancelled"}],
            "contracts": ended("complete", "incomplete", "cancelled"),
        }
    )
    assert process.tender.status == "unsuccessful"
    assert [award.status for award in process.awards] == ["active", "cancelled", "pending"]
    assert [contract.status for contract in process.contracts] == ["terminated", "terminated", "cancelled"]


@pytest.mark.parametrize(("country", "code"), [("México", "MX"), ("Brasil", "BR"), ("PE", "PE"), ("Nowhere", "")])
def test_country_comes_from_the_buyers_address(country, code):
    release = {"parties": [{"id": "1", "address": {"countryName": country}}], "buyer": {"id": "1"}}
    assert parse_process(release)[0].country == code
    assert parse_process(release, country="UY")[0].country == "UY"


def test_texts_are_given_once_with_their_place():
    release = {"tender": {"title": "Cámaras", "items": [{"description": "Cámaras"}, {"description": "Domo"}]}}
    assert [(text.path, text.part) for text in process_texts(parse_process(release)[0])] == [
        ("/tender/title", "title"),
        ("/tender/items/1/description", "item"),
    ]


@pytest.mark.parametrize(("end", "is_day"), [("2024-03-10", True), ("2024-03-10T00:00:00Z", False), (None, False)])
def test_a_period_knows_whether_its_end_names_a_whole_day(end, is_day):
    process, _ = parse_process({"tender": {"tenderPeriod": {"startDate": "2024-03-01", "endDate": end}}})
    assert process.tender.tender_period.end_is_day is is_day


def test_the_opening_of_bids_is_read_from_its_extension():
    process, _ = parse_process({"tender": {"bidOpening": {"date": "2024-03-10T12:00:00Z"}}})
    assert process.tender.bid_opening == datetime(2024, 3, 10, 12, tzinfo=UTC)


def test_large_amounts_are_rounded_in_their_decimals_alone():
    amount = Decimal("12345678901234567890.12345678901")
    process, _ = parse_process({"tender": {"value": {"amount": amount, "currency": "PEN"}}})
    assert process.tender.value.amount == Decimal("12345678901234567890.1234567890")


@pytest.mark.parametrize(
    ("release", "label", "path"),
    [
        ({"tender": {"metodoDeAdquisicion": "Convenio"}}, "Convenio", "/tender/metodoDeAdquisicion"),
        ({"procurement_type": " Menor Cuantía ", "tender": {"id": "T"}}, "Menor Cuantía", "/procurement_type"),
        ({"procurement_type": "N/A", "tender": {"id": "T"}}, "", ""),
        ({"procurement_type": {"x": 1}, "tender": {"metodoDeAdquisicion": 7}}, "", ""),
        ({"metodoDeAdquisicion": "Convenio", "tender": {"procurement_type": "x"}}, "", ""),
    ],
)
def test_publishers_name_the_method_in_members_of_their_own(release, label, path):
    tender = parse_process(release)[0].tender
    assert (tender.method_label, tender.method_label_path) == (label, path)
    assert tender.method_details == ""


def test_a_lot_in_the_singular_is_read_of_bids_awards_and_statistics():
    process, corrections = parse_process(
        {
            "bids": {
                "details": [{"relatedLot": "1"}, {"relatedLots": ["2"]}],
                "statistics": [{"measure": "bids", "value": 1, "relatedLot": "1"}],
            },
            "awards": [{"relatedLot": "1", "relatedLots": ["2", "3"]}],
        }
    )
    assert [bid.related_lots for bid in process.bids] == [("1",), ("2",)]
    assert [entry.related_lots for entry in process.bid_statistics] == [("1",)]
    assert [award.related_lots for award in process.awards] == [("1", "2", "3")]
    assert corrections == []


@pytest.mark.parametrize(
    ("award", "lots", "reasons"),
    [
        ({"relatedLot": ["1", "2"]}, ("1", "2"), []),
        ({"relatedLot": "1", "relatedLots": ["1"]}, ("1",), []),
        ({"relatedlot": "1"}, ("1",), ["member_read", "text_where_array"]),
        ({"relatedLot": 1}, ("1",), ["number_as_text"]),
        ({"relatedLot": "N/A", "relatedLots": ["2"]}, ("2",), ["placeholder"]),
        ({"relatedLot": None}, (), []),
    ],
)
def test_lots_in_the_singular_are_read_once(award, lots, reasons):
    process, corrections = parse_process({"awards": [award]})
    assert process.awards[0].related_lots == lots
    assert [entry.reason for entry in corrections] == reasons


@pytest.mark.parametrize(("written", "amount"), [(41000000, 41000000), (Decimal("0.5"), Decimal("0.5")), (" 12 ", 12)])
def test_a_number_in_place_of_a_value_is_read_as_its_amount(written, amount):
    process, corrections = parse_process({"contracts": [{"id": "1", "value": written}]})
    assert (process.contracts[0].value.amount, process.contracts[0].value.currency) == (amount, "")
    first = corrections[0]
    assert (first.path, first.used, first.reason) == ("/contracts/0/value", OBJECT, "amount_where_value")


@pytest.mark.parametrize("written", [True, "12,50", "COP 5", [5]])
def test_what_is_not_a_plain_number_is_not_read_as_an_amount(written):
    process, corrections = parse_process({"contracts": [{"id": "1", "value": written}]})
    assert process.contracts[0].value is None
    assert [entry.reason for entry in corrections] == ["object_expected"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("qualified", "valid"),
        ("Qualified", "valid"),
        ("not-qualified", "disqualified"),
        ("notQualified", "disqualified"),
        ("active", "active"),
        ("pending", "pending"),
    ],
)
def test_a_status_of_another_system_is_read_as_the_code_that_it_means(written, read):
    process, corrections = parse_process({"bids": {"details": [{"id": "1", "status": written}]}})
    assert process.bids[0].status == read
    assert [(entry.path, entry.found, entry.used, entry.reason) for entry in corrections] == (
        [] if written == read else [("/bids/details/0/status", written, read, "code_read")]
    )


def test_documents_of_the_implementation_are_read_with_their_place():
    document = {"id": "1", "title": "Convenio modificatorio", "datePublished": "2024-05-01T00:00:00Z"}
    release = {"contracts": [{"id": "C", "documents": [], "implementation": {"documents": [document]}}]}
    process, corrections = parse_process(release)

    ((path, title),) = [(entry.path, entry.title) for entry in process.documents()]
    assert (path, title) == ("/contracts/0/implementation/documents/0", "Convenio modificatorio")
    assert process.contracts[0].documents == ()
    assert [(text.path, text.part) for text in process_texts(process)] == [(f"{path}/title", "document")]
    assert corrections == []


def test_codes_in_another_case_are_read_and_told_where_they_stand():
    release = {
        "tender": {"Status": "CANCELLED", "procurementMethod": "Direct", "awardCriteria": "price-only"},
        "parties": [{"id": "A1", "name": "A", "roles": ["Procuring Entity", "supplier"]}],
        "bids": {"details": [{"id": "1", "status": "Valid"}, {"id": "2", "status": "not-qualified"}]},
    }
    process, corrections = parse_process(release)
    tender = process.tender
    assert (tender.status, tender.method, tender.award_criteria) == ("cancelled", "direct", "priceOnly")
    assert process.parties[0].roles == ("procuringEntity", "supplier")
    assert [bid.status for bid in process.bids] == ["valid", "disqualified"]
    assert [entry.path for entry in corrections if entry.reason == "code_read"] == [
        "/tender/Status",
        "/tender/procurementMethod",
        "/tender/awardCriteria",
        "/bids/details/0/status",
        "/bids/details/1/status",
        "/parties/0/roles",
    ]


def test_corrections_point_to_members_under_the_names_that_the_record_gives_them():
    release = {
        "tender": {
            "Title": "N/A",
            "Value": {"Amount": -5, "Currency": "usd"},
            "TenderPeriod": {"EndDate": "2024-01-05"},
        },
        "parties": [{"id": "A1", "Name": "S/N"}],
    }
    process, corrections = parse_process(release)
    assert process.tender.tender_period.end_is_day
    assert [entry.path for entry in corrections if entry.reason != "member_read"] == [
        "/tender/Title",
        "/tender/Value/Amount",
        "/tender/Value/Currency",
        "/tender/TenderPeriod/EndDate",
        "/parties/0/Name",
    ]


@pytest.mark.parametrize(
    ("written", "read", "reason"),
    [
        ("LANDRUM &#38; BROWN, INC.", "LANDRUM & BROWN, INC.", "entities_read"),
        ("Educa&#231;&#227;o &amp;amp; Sa&uacute;de", "Educação & Saúde", "entities_read"),
        ("&#8;Red&#0;", "Red\ufffd", "entities_read"),
        ("AT&T y R&D", "AT&T y R&D", None),
        ("Red \u202eoculta\u2069", "Red oculta", "control_character_removed"),
        ("شركة الأمل", "شركة الأمل", None),
    ],
)
def test_codes_of_web_pages_and_marks_that_turn_the_line_are_read_as_what_was_meant(written, read, reason):
    process, corrections = parse_process({"ocid": "a", "tender": {"id": "1", "title": written}})
    assert process.tender.title == read
    assert [entry.reason for entry in corrections] == [reason] * (reason is not None)
