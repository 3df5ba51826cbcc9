import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.reference.data import Reference

training = pytest.importorskip("audits.measuring.training", reason="scikit-learn is not installed")

FIXTURES = Path(__file__).parents[3] / "fixtures" / "reference"
BOUGHT = ["servidores", "cámaras de videovigilancia", "licencias de software", "enlaces de datos", "firewall"]
OTHERS = ["mascarillas", "sillas de oficina", "reactivos", "combustible", "uniformes"]


@pytest.fixture(scope="module")
def examples():
    reference = Reference.read(FIXTURES, off=["reader"])
    return [
        training.example(
            {"id": title, "title": title, "buyer": f"Municipio {place}", "language": "es"}, label, reference
        )
        for label, objects in (("1", BOUGHT), ("0", OTHERS))
        for place in range(6)
        for title in [f"Adquisición de {name} para el centro {place}" for name in objects]
    ]


def test_where_readers_differ_there_is_no_example():
    assert training.example({"id": "1", "title": "x"}, "?", Reference(terms=[], entries=[])) is None


def test_the_same_examples_give_the_same_weights(examples):
    assert training.train(examples).digest == training.train(examples).digest


def test_a_reader_reads_as_it_was_trained(examples):
    reader = training.train(examples)
    reference = Reference.read(FIXTURES, off=["reader"])
    reference.reader = reader
    row = {"id": "x", "title": "Adquisición de servidores y firewall", "buyer": "Otro", "language": "es"}
    dossier = training.dossier_of(training.contract_of_notice(row), reference)

    expected = training.probability(reader, training.features_of(dossier))
    assert dossier.reading.probability == pytest.approx(expected, abs=1e-3)


def test_a_buyer_is_read_by_a_reader_that_has_not_seen_it(examples):
    card = training.card_of(examples, training.cross_validate(examples))

    assert card["rows"] == {"all": 60, "es": 60}
    assert card["buyers"] == 6
    figures = card["cross_validated"]["es"]["0.5"]
    assert figures["tp"] + figures["fn"] == 30
    assert figures["precision"] > 0.9


def _example(place, told, *, expected):
    return training.Example(f"buyer {place}", "es", {f"w:{told}": 1.0}, expected=expected, is_found=True)


def test_of_two_words_that_tell_as_well_the_rare_one_weighs_more():
    found = [("red", True)] * 20 + [("fibra", True)] * 4 + [("silla", False)] * 20 + [("mesa", False)] * 4
    weights = training.train([_example(place, word, expected=y) for place, (word, y) in enumerate(found)]).weights

    assert weights["w:fibra"] > weights["w:red"] > 0
    assert weights["w:mesa"] < weights["w:silla"] < 0


def test_what_is_as_often_technology_as_not_reads_rather_as_technology():
    found = [("sistema", True), ("sistema", False)] * 20 + [("fibra", True), ("mesa", False)] * 5
    reader = training.train([_example(place, word, expected=y) for place, (word, y) in enumerate(found)])

    assert 0.55 < training.probability(reader, {"w:sistema": 1.0}) < 0.65
    assert training.probability(reader, {"w:mesa": 1.0}) < 0.2


def test_training_goes_on_from_weights_and_keeps_what_no_example_speaks_of():
    start = NoticeReader({"w:red": 2.0, "w:mesa": -2.0, "w:fibra": 1.5}, 0.0)
    found = [("red", False), ("mesa", False), ("antena", True)] * 8
    reader = training.train([_example(place, word, expected=y) for place, (word, y) in enumerate(found)], start)

    assert reader.weights["w:fibra"] == 1.5
    assert reader.weights["w:red"] < 1.5
    assert reader.weights["w:antena"] > 0
    assert training.probability(reader, {"w:mesa": 1.0}) < training.probability(reader, {"w:red": 1.0}) < 0.5


@pytest.fixture
def taught_later(tmp_path):
    """Weights of one day, and marks of that day and the next: what the lexicon finds, and what it does not."""
    NoticeReader({"w:camaras": 1.0}, 0.0, {"trained_on": "2026-01-01", "sources": {"marked": 7}, "buyers": 7}).save(
        tmp_path / "start.json"
    )
    titles = ("Cámaras de videovigilancia", "Curso sobre cámaras de videovigilancia", "Sillas de oficina")
    notices, marks = tmp_path / "notices.csv", tmp_path / "marks.csv"
    with notices.open("w", encoding="utf-8") as rows, marks.open("w", encoding="utf-8") as said:
        notice, mark = csv.writer(rows), csv.writer(said)
        notice.writerow(["id", "source_file", "source_row", "title", "buyer", "language"])
        mark.writerow(["source_file", "source_row", "in_scope", "how", "taught_on"])
        for place in range(12):
            for number, title in enumerate(titles):
                notice.writerow([f"{place}-{number}", "a.csv", f"{place}-{number}", title, f"Municipio {place}", "es"])
                day = "2026-01-02" if place < 6 else "2026-01-01"
                mark.writerow(["a.csv", f"{place}-{number}", int(number == 0), "read", day])
    return {"notices": [notices], "marks": marks, "start": tmp_path / "start.json", "output": tmp_path / "new.json"}


def test_only_later_marks_teach_further_and_only_where_the_lexicon_finds_technology(taught_later):
    call_command("train", **taught_later)
    reader = NoticeReader.load(taught_later["output"])

    assert reader.card["sources"] == {"marked": 12}
    assert reader.card["start"] == {"trained_on": "2026-01-01", "sources": {"marked": 7}, "buyers": 7}
    words = {"w:camaras": 1.0, "w:videovigilancia": 1.0}
    assert training.probability(reader, words) > training.probability(reader, words | {"w:curso": 1.0})


def test_weights_that_cannot_be_read_are_told(taught_later):
    taught_later["start"].write_text("{}", encoding="utf-8")
    with pytest.raises(CommandError, match=r"start\.json holds no weights"):
        call_command("train", **taught_later)
