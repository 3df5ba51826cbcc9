"""Two things under one id in one list are both read, and the compiled release stays that of the merge routine."""

import pytest
from ocdsmerge import Merger

from contracts.ocds.merge import MERGE_RULES, compile_releases
from contracts.ocds.parse import parse_process

CONTRACT = {
    "id": "1",
    "documentType": "notice",
    "title": "Contrato 12/2015",
    "url": "https://example.org/contrato.pdf",
}
REPORT = {"id": "1", "documentType": "financialProgressReport", "url": "https://example.org/avance.pdf", "title": ""}


def release(date="2024-01-01", **members):
    return {"ocid": "ocds-test01-1", "id": date, "date": date, "tag": ["contract"], **members}


def compiled_and_read(*releases):
    compiled, corrections = compile_releases(list(releases))
    process, _ = parse_process(compiled)
    return compiled, process, [entry for entry in corrections if entry.path]


def follow(document, pointer):
    for part in pointer.split("/")[1:]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


@pytest.mark.filterwarnings("ignore::ocdsmerge.exceptions.DuplicateIdValueWarning")
def test_two_documents_of_one_id_are_both_read():
    given = release(contracts=[{"id": "C1", "documents": [CONTRACT, REPORT, {"id": "2", "title": "Anexo"}]}])
    compiled, process, corrections = compiled_and_read(given)

    documents = process.contracts[0].documents
    assert [(entry.type, entry.title) for entry in documents] == [
        ("notice", "Contrato 12/2015"),
        ("financialProgressReport", ""),
        ("", "Anexo"),
    ]
    assert all(follow(compiled, entry.path)["id"] == entry.id for entry in documents)
    assert {(entry.path, entry.found, entry.reason) for entry in corrections} == {
        ("/contracts/0/documents/0/documentType", "notice", "duplicate_id_apart"),
        ("/contracts/0/documents/0/url", "https://example.org/contrato.pdf", "duplicate_id_apart"),
    }
    theirs = Merger(merge_rules=MERGE_RULES).create_compiled_release([given])
    assert {name: member for name, member in compiled.items() if name != "veedor"} == theirs


def test_what_completes_or_repeats_an_entry_is_no_other_one():
    contracts = [
        {"id": "C1", "status": "active", "value": {"amount": 5, "currency": "COP"}, "documents": [{"url": "u"}]},
        {"id": "C1", "status": "terminated", "value": {"amount": 5, "currency": "COP"}},
    ]
    compiled, process, corrections = compiled_and_read(release(contracts=contracts))
    assert "veedor" not in compiled
    assert [(entry.id, len(entry.documents)) for entry in process.contracts] == [("C1", 1)]
    # What the merge overwrote is told.
    assert [(entry.path, entry.found, entry.used, entry.reason) for entry in corrections] == [
        ("/contracts/0/status", "active", "terminated", "duplicate_id_merged")
    ]


@pytest.mark.parametrize(
    ("name", "two", "number"),
    [
        ("contracts", {"value": {"amount": 7}}, 2),
        ("contracts", {"dateSigned": "2024-03-01"}, 2),
        ("contracts", {"description": "otra"}, 1),
        ("awards", {"value": {"amount": 7}}, 2),
        ("awards", {"value": {"amount": 5}}, 1),
    ],
)
def test_stages_of_one_id_are_several_if_their_sums_or_days_differ(name, two, number):
    one = {"id": "1", "value": {"amount": 5}, "dateSigned": "2024-02-01", "description": "una"}
    _, process, _ = compiled_and_read(release(**{name: [one, {"id": "1", **two}]}))
    assert len(getattr(process, name)) == number


def test_three_entries_of_which_two_are_one():
    contracts = [
        {"id": "1", "value": {"amount": 5}, "documents": [{"title": "a"}]},
        {"id": "1", "value": {"amount": 7}},
        {"id": 1, "value": {"amount": 5}, "documents": [{"title": "b"}]},
    ]
    _, process, _ = compiled_and_read(release(contracts=contracts))
    read = [(int(entry.value.amount), [document.title for document in entry.documents]) for entry in process.contracts]
    assert read == [(5, ["a", "b"]), (7, [])]


def test_documents_within_contracts_of_one_id():
    contracts = [{"id": "C1", "title": "x", "documents": [CONTRACT]}, {"id": "C1", "documents": [REPORT]}]
    _, process, _ = compiled_and_read(release(contracts=contracts))
    assert [entry.url for entry in process.contracts[0].documents] == [CONTRACT["url"], REPORT["url"]]


def test_a_later_release_replaces_what_an_earlier_one_had_twice():
    twice = release("2024-01-01", tender={"documents": [CONTRACT, REPORT]})
    again = release("2024-02-01", tender={"documents": [{"id": "1", "title": "Bases"}]})
    _, process, _ = compiled_and_read(twice, again)
    assert [entry.title for entry in process.tender.documents] == ["Bases"]

    _, process, _ = compiled_and_read(again, {**twice, "date": "2024-03-01"})
    assert [entry.title for entry in process.tender.documents] == ["Contrato 12/2015", ""]


def test_two_organizations_of_one_id_keep_their_names_numbers_and_roles():
    parties = [
        {"id": "1", "name": "Obras del Norte", "identifier": {"scheme": "MX-RFC", "id": "AAA1"}},
        {"id": "1", "name": "Caminos Ejemplo"},
    ]
    awards = [{"id": "A1", "suppliers": [{"id": "1", "name": "Obras del Norte"}]}]
    tender = {"tenderers": [{"id": "1", "name": "Caminos Ejemplo"}]}
    _, process, _ = compiled_and_read(release(parties=parties, awards=awards, tender=tender))
    assert [(party.name, party.identifier, party.roles) for party in process.parties] == [
        ("Obras del Norte", "AAA1", ("supplier",)),
        ("Caminos Ejemplo", "", ("tenderer",)),
    ]
    assert process.party(process.awards[0].suppliers[0]).identifier == "AAA1"
    assert process.party(process.tender.tenderers[0]).identifier == ""


def test_a_name_in_other_spelling_is_no_other_organization():
    parties = [{"id": "1", "name": "Hectárea, S.A."}, {"id": "1", "name": "HECTAREA,  S.A.", "roles": ["supplier"]}]
    compiled, process, _ = compiled_and_read(release(parties=parties))
    assert "veedor" not in compiled
    assert len(process.parties) == 1


@pytest.mark.parametrize("given", [{"apart": [{"list": "/awards", "index": 0, "entries": [{"id": "x"}]}]}, "x", {}])
def test_a_release_does_not_say_what_is_read_apart(given):
    compiled, process, _ = compiled_and_read(release(awards=[{"id": "1"}], veedor=given))
    assert "veedor" not in compiled
    assert [award.id for award in process.awards] == ["1"]


@pytest.mark.parametrize("given", [[], "x", {"apart": 1}, {"apart": [1, {"entries": 2}, {"entries": [3]}]}])
def test_a_record_that_was_not_compiled_may_have_anything_there(given):
    process, _ = parse_process(release(awards=[{"id": "1"}], veedor=given))
    assert [award.id for award in process.awards] == ["1"]
