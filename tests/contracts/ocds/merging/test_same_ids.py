"""Two things under one id in one list are both read, and the compiled release stays that of the merge routine."""

import pytest
from ocdsmerge import Merger

from contracts.ocds.merging import same_ids
from contracts.ocds.merging.merge import MERGE_RULES, compile_releases
from contracts.ocds.parsing.parse import parse_process

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


SIGNED = {"awardID": "A1", "status": "active", "dateSigned": "2017-07-21", "value": {"amount": 62000}}


def amounts_of(*lists_of_contracts):
    releases = [release(f"2024-01-0{day}", contracts=contracts) for day, contracts in enumerate(lists_of_contracts, 1)]
    compiled, process, corrections = compiled_and_read(*releases)
    theirs = Merger(merge_rules=MERGE_RULES).create_compiled_release(releases)
    assert {name: member for name, member in compiled.items() if name != "veedor"} == theirs
    left_out = [entry.path for entry in corrections if entry.reason == "repeated_without_id"]
    return [(int(entry.value.amount), entry.status) for entry in process.contracts], left_out


def test_an_entry_without_id_that_later_releases_tell_again_is_one():
    ended = {**SIGNED, "status": "terminated", "documents": [{"title": "Finiquito"}]}
    assert amounts_of([SIGNED], [SIGNED]) == ([(62000, "active")], ["/contracts/0"])
    # The last release that tells of it says how it stands.
    assert amounts_of([SIGNED], [SIGNED], [ended]) == ([(62000, "terminated")], ["/contracts/0", "/contracts/1"])


@pytest.mark.parametrize("other", [{"awardID": "A2"}, {"dateSigned": "2017-08-01"}, {"value": {"amount": 62001}}])
def test_entries_without_id_that_say_otherwise_are_several(other):
    read, left_out = amounts_of([SIGNED], [{**SIGNED, **other}])
    assert len(read) == 2
    assert left_out == []


def test_two_entries_without_id_in_one_release_are_two_however_often_they_are_told():
    assert amounts_of([SIGNED, SIGNED])[0] == [(62000, "active")] * 2
    assert amounts_of([SIGNED, SIGNED], [SIGNED, SIGNED])[0] == [(62000, "active")] * 2
    assert amounts_of([SIGNED], [SIGNED, SIGNED])[0] == [(62000, "active")] * 2
    # What the second release leaves out is still there: a release tells what is new.
    assert amounts_of([SIGNED, SIGNED], [SIGNED])[0] == [(62000, "active")] * 2


def test_entries_without_id_below_one_that_has_an_id_are_told_once():
    award = {"id": "A1", "items": [{"description": "Cámaras", "quantity": 3}]}
    _, process, _ = compiled_and_read(release("2024-01-01", awards=[award]), release("2024-01-02", awards=[award]))
    assert [entry.description for entry in process.awards[0].items] == ["Cámaras"]


def test_of_many_entries_without_id_few_are_compared(monkeypatch):
    compared = []
    monkeypatch.setattr(same_ids._Finder, "_holds", lambda _finder, *two: compared.append(two))
    many = [{"description": "Cámara", "unit": {"name": str(number)}} for number in range(500)]
    compile_releases([release("2024-01-01", tender={"items": many}), release("2024-01-02", tender={"items": many})])
    assert len(compared) == 500 * same_ids._COMPARED


def test_ids_of_many_entries_are_read_some_times_each_and_not_once_for_each_other(monkeypatch):
    asked = []
    id_of = same_ids._id_of
    monkeypatch.setattr(same_ids, "_id_of", lambda entry: asked.append(entry) or id_of(entry))
    items = [*({"id": str(number)} for number in range(300)), {"description": "Cámara"}]
    compile_releases([release("2024-01-01", tender={"items": items}), release("2024-01-02", tender={"items": items})])
    assert 300 < len(asked) < 300 * 20
