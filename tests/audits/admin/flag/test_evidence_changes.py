"""The evidence of a flag beside the present text."""

import time

import pytest

from audits.admin.flag.evidence_changes import MAX_CHANGES, changes_between, changes_in_record
from audits.judging.rule.evidence import passage

TEXT = "Suministro de cámaras de video vigilancia para el mercado municipal, con instalación y puesta en marcha. " * 3


def cite(path, value=None, text="", word=""):
    start = text.index(word) if word else None
    return {
        "path": path,
        "value": value,
        "passage": passage(text, start, start + len(word)) if word else "",
        "start": start,
    }


def said(stretches):
    return [(stretch.text.strip(), stretch.differs) for stretch in stretches]


def test_values_that_differ_and_places_that_came_or_went():
    then = [cite("/a", 1), cite("/b", 2), cite("/c", 3)]
    now = [cite("/a", 1), cite("/b", 5), cite("/d", 4)]
    assert [(change.path, said(change.then), said(change.now)) for change in changes_between(then, now)] == [
        ("/b", [("2", True)], [("5", True)]),
        ("/c", [("3", True)], []),
        ("/d", [], [("4", True)]),
    ]


def test_a_passage_is_found_again_after_its_text_moved():
    cited = [cite("/tender/description", text=TEXT, word="mercado municipal")]
    moved = "Con anexos. " + TEXT.replace("el mercado municipal", "la plaza mayor")
    (change,) = changes_in_record(cited, {"tender": {"description": moved}})
    assert ("el mercado municipal,", True) in said(change.then)
    assert ("la plaza mayor,", True) in said(change.now)
    assert {text for text, differs in said(change.now) if differs} == {"la plaza mayor,"}


@pytest.mark.parametrize("record", [{}, {"tender": {}}, {"tender": []}, {"tender": {"description": ""}}])
def test_a_removed_place_shows_no_text(record):
    (change,) = changes_in_record([cite("/tender/description", text=TEXT, word="mercado")], record)
    assert change.now == []


def test_unchanged_evidence_is_not_a_change():
    record = {"tender": {"description": "Antes. " + TEXT, "numberOfTenderers": 1}}
    cited = [cite("/tender/description", text=TEXT, word="mercado"), cite("/tender/numberOfTenderers", 1)]
    cited[0]["passage"] = cited[0]["passage"].strip("…")
    assert changes_in_record(cited, record) == []


def test_passages_that_are_only_cut_differently_are_equal():
    (change,) = changes_between(
        [cite("/a") | {"passage": "uno dos la…"}], [cite("/a") | {"passage": "otro dos la policía…"}]
    )
    assert said(change.then) == [("uno", True), ("dos", False), ("la…", False)]
    assert said(change.now) == [("otro", True), ("dos", False), ("la policía…", False)]


def test_many_changes_in_long_texts_are_limited_and_fast():
    words = " ".join(f"palabra{number % 50}" for number in range(40_000))
    cited = [cite(f"/tender/lots/{number}/description", text=TEXT, word="mercado") for number in range(50)]
    record = {"tender": {"lots": [{"description": words}] * 50}}
    started = time.process_time()
    assert len(changes_in_record(cited, record)) == MAX_CHANGES
    assert time.process_time() - started < 10


def test_different_citations_of_an_unchanged_record_are_not_a_change():
    release = {"tender": {"title": "Cámaras", "description": TEXT, "numberOfTenderers": 1}}
    then = [
        cite("/tender/title", "Cámaras"),
        cite("/tender/description", text=TEXT, word="mercado"),
        cite("/tender/numberOfTenderers", 1),
    ]
    now = [cite("/tender/description", text=TEXT, word="puesta"), cite("/tender/numberOfTenderers", 2)]
    assert {change.path for change in changes_between(then, now)} == {entry["path"] for entry in then}
    assert [change.path for change in changes_between(then, now, release)] == ["/tender/numberOfTenderers"]
    (title, *_others) = changes_between(then, now, release | {"tender": {"title": "Torniquetes"}})
    assert (said(title.then), said(title.now)) == ([("Cámaras", True)], [("Torniquetes", True)])
