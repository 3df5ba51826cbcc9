"""Names that are nearly those of the standard are read, or told; never passed over."""

import pytest

from contracts.ocds.members import misspelled
from contracts.ocds.parsing.parse import parse_process
from tests.support.records import release


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("supplier", "suppliers"),
        ("tenderer", "tenderers"),
        ("award", "awards"),
        ("party", "parties"),
        ("relatedProcess", "relatedProcesses"),
        ("buyers", "buyer"),
        ("awardId", "awardID"),
        ("award_id", "awardID"),
        ("DateSigned", "dateSigned"),
        ("procuringEntitiy", "procuringEntity"),
        ("descripcion", "description"),
        ("Currency", "currency"),
    ],
)
def test_a_name_that_is_nearly_a_members_is_found(name, wanted):
    assert misspelled(["ocid", name], wanted) == (name, True)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("uri", "url"),
        ("amendment", "amendments"),
        ("identifiers", "identifier"),
        ("_id", "id"),
        ("x_region", "region"),
        ("dated", "data"),
        ("lotID", "id"),
        ("description_en", "description"),
        ("statusDetails", "status"),
        ("n" * 500, "name"),
    ],
)
def test_other_names_are_no_misspellings(name, wanted):
    assert misspelled(["ocid", name], wanted) == ("", False)


@pytest.mark.parametrize(("name", "wanted"), [("numberOfTenders", "numberOfTenderers"), ("tenders", "tender")])
def test_what_may_be_something_else_is_reported_and_not_read(name, wanted):
    assert misspelled([name], wanted) == (name, False)


def test_a_supplier_in_the_singular_is_read_with_its_place():
    record = release()
    award = record["awards"][0]
    award["supplier"] = award.pop("suppliers")[0]
    process, corrections = parse_process(record)
    (supplier,) = process.awards[0].suppliers
    assert (supplier.id, supplier.path) == ("S", "/awards/0/supplier")
    told = [(entry.path, entry.used, entry.reason) for entry in corrections if entry.path.endswith("supplier")]
    assert told == [
        ("/awards/0/supplier", "suppliers", "member_read"),
        ("/awards/0/supplier", "array", "object_where_array"),
    ]


def test_values_and_periods_under_another_case_keep_their_places():
    record = release()
    contract = record["contracts"][0]
    contract["Value"] = contract.pop("value")
    contract["Period"] = {"EndDate": "2025-01-01T00:00:00Z"}
    process, corrections = parse_process(record)
    assert str(process.contracts[0].value.amount) == "900.5"
    assert process.contracts[0].value.path == "/contracts/0/Value"
    assert process.contracts[0].period.path == "/contracts/0/Period"
    assert process.contracts[0].period.end.year == 2025
    assert ("/contracts/0/Period/EndDate", "member_read") in {(entry.path, entry.reason) for entry in corrections}


def test_a_record_in_the_standards_words_has_no_such_correction():
    _process, corrections = parse_process(release())
    assert [entry for entry in corrections if entry.reason.startswith("member")] == []
