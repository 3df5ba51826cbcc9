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


def test_in_a_record_the_place_of_a_passage_is_found_where_words_moved():
    cited = [cite("/tender/description", text=TEXT, word="mercado municipal")]
    moved = "Con anexos. " + TEXT.replace("el mercado municipal", "la plaza mayor")
    (change,) = changes_in_record(cited, {"tender": {"description": moved}})
    assert ("el mercado municipal,", True) in said(change.then)
    assert ("la plaza mayor,", True) in said(change.now)
    assert {text for text, differs in said(change.now) if differs} == {"la plaza mayor,"}


@pytest.mark.parametrize("record", [{}, {"tender": {}}, {"tender": []}, {"tender": {"description": ""}}])
def test_where_nothing_stands_any_more_nothing_is_shown(record):
    (change,) = changes_in_record([cite("/tender/description", text=TEXT, word="mercado")], record)
    assert change.now == []


def test_what_still_stands_is_not_a_change():
    record = {"tender": {"description": "Antes. " + TEXT, "numberOfTenderers": 1}}
    cited = [cite("/tender/description", text=TEXT, word="mercado"), cite("/tender/numberOfTenderers", 1)]
    cited[0]["passage"] = cited[0]["passage"].strip("…")
    assert changes_in_record(cited, record) == []


def test_passages_that_are_cut_elsewhere_differ_in_nothing_else():
    (change,) = changes_between(
        [cite("/a") | {"passage": "uno dos la…"}], [cite("/a") | {"passage": "otro dos la policía…"}]
    )
    assert said(change.then) == [("uno", True), ("dos", False), ("la…", False)]
    assert said(change.now) == [("otro", True), ("dos", False), ("la policía…", False)]


def test_of_very_many_changes_in_very_long_texts_the_first_are_shown_soon():
    words = " ".join(f"palabra{number % 50}" for number in range(40_000))
    cited = [cite(f"/tender/lots/{number}/description", text=TEXT, word="mercado") for number in range(50)]
    record = {"tender": {"lots": [{"description": words}] * 50}}
    started = time.process_time()
    assert len(changes_in_record(cited, record)) == MAX_CHANGES
    assert time.process_time() - started < 10


def test_what_the_rule_cites_otherwise_of_the_same_record_is_not_a_change():
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
