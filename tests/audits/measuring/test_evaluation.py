import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from audits.matching.reference.data import Reference
from audits.measuring.evaluation import COLUMNS, Count, base_rates, evaluate_labels, evaluate_projects
from tests.support.shared import SHARED

ROOT = Path(__file__).parents[3]
NOTICES = [
    {"id": "A", "title": "Cámaras de videovigilancia", "buyer": "Policía Nacional", "language": "es", "country": "PE"},
    {"id": "B", "title": "Compra de sillas", "language": "es", "country": "Atlantis", "date": "2024-02-31"},
    {"id": "C", "title": "Servicio de limpieza", "language": "es", "amount": "n/a"},
]
LABELS = [
    {"id": "A", "in_scope": "1", "T01": "1", "T02": "1", "T09": "1"},
    {"id": "B", "in_scope": "0", "T01": "1"},
    {"id": "C", "in_scope": "?", "T01": "0"},
]
FIELDS = [
    "id",
    "source_file",
    "source_row",
    "country",
    "language",
    "date",
    "buyer",
    "supplier",
    "method",
    "method_details",
    "amount",
    "currency",
    "title",
    "description",
    "financing",
]


def write(path, fields, rows, default):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows({field: row.get(field, default) for field in fields} for row in rows)


@pytest.fixture
def labels(tmp_path):
    write(tmp_path / "sample.csv", FIELDS, NOTICES, "")
    write(tmp_path / "labels.csv", ["id", *COLUMNS, "note"], LABELS, "0")
    return tmp_path


@pytest.fixture
def projects(tmp_path):
    fields = [
        "country",
        "name",
        "year",
        "buyer",
        "vendors",
        "financier",
        "amount",
        "currency",
        "what",
        "source",
        "verified",
        "expected",
        "allowed",
    ]
    rows = [
        {
            "name": "Ejemplo",
            "buyer": "Municipality of Example",
            "vendors": "Hikvision;Otra S.A.",
            "what": "40 CCTV cameras",
            "expected": "T01;T16;T07",
            "allowed": "T03",
        },
        {"name": "Cloud", "what": "Cloud hosting", "expected": "", "allowed": ""},
    ]
    write(tmp_path / "projects.csv", fields, rows, "")
    return tmp_path / "projects.csv"


@pytest.fixture(scope="module")
def reference():
    return Reference.read(ROOT / "fixtures" / "reference")


def test_labels_are_counted_and_question_marks_are_not(labels, reference):
    columns = evaluate_labels([labels], reference).columns

    assert columns["in_scope"] == Count(tp=1, tn=1)
    assert columns["T01"] == Count(tp=1, fn=1, tn=1)
    assert columns["T02"] == Count(tp=1, tn=2)
    assert columns["T09"] == Count(fn=1, tn=2)


def test_a_wrong_row_is_reported_with_what_misled_the_rules(labels, reference):
    errors = evaluate_labels([labels], reference).errors

    assert {(wrong.column, wrong.row) for wrong in errors} == {("T01", "B"), ("T09", "A")}
    assert all(wrong.passages for wrong in errors)


def test_rates_without_anything_to_divide_are_undefined():
    assert Count(tn=3).as_json() == {"tp": 0, "fp": 0, "fn": 0, "tn": 3, "precision": None, "recall": None, "f1": None}
    assert Count(tp=1, fp=1, fn=0).as_json()["f1"] == 0.6667


def test_projects_are_counted_by_code(projects, reference):
    evaluation = evaluate_projects(projects, reference)

    assert evaluation.codes == {"T01": (1, 1), "T07": (1, 0), "T16": (1, 1)}
    assert evaluation.as_json()["recall"] == 0.6667
    assert evaluation.missed == [("Ejemplo", "T07")]
    assert ("Cloud", "T09") in evaluation.unexpected


def test_rows_are_counted_by_language_and_over_folders(labels, reference):
    evaluation = evaluate_labels([labels, labels], reference)

    assert evaluation.rows == 6
    assert evaluation.languages["es"]["T01"] == evaluation.columns["T01"] == Count(tp=2, fn=2, tn=2)


def test_unlabelled_notices_are_counted_by_column_and_language(labels, tmp_path, reference):
    packed = tmp_path / "notices.csv.gz"
    packed.write_bytes(gzip.compress((labels / "sample.csv").read_bytes()))

    rates = base_rates(packed, reference)

    assert rates.rows == {"es": 3}
    assert rates.flagged["in_scope"] == rates.flagged["T01"] == {"es": 1}


def test_what_costs_little_is_flagged_as_context_and_counted_as_that(tmp_path, reference):
    trifle = {"id": "D", "title": "Software en la nube", "language": "es", "amount": "500", "currency": "EUR"}
    dear = {**trifle, "id": "E", "amount": "500000"}
    write(tmp_path / "sample.csv", FIELDS, [trifle, dear], "")
    write(tmp_path / "labels.csv", ["id", *COLUMNS, "note"], [{"id": "D", "in_scope": "1", "T09": "1"}], "0")

    rates = base_rates(tmp_path / "sample.csv", reference)

    assert evaluate_labels([tmp_path], reference).columns["T09"] == Count(tp=1)
    assert (rates.flagged["T09"], rates.context["T09"]) == ({"es": 2}, {"es": 1})
    assert "in_scope" not in rates.context


def run(*arguments, home):
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
    }
    return subprocess.run(
        [sys.executable, "manage.py", "evaluate", *map(str, arguments)],
        cwd=ROOT,
        env=environment | {"VEEDOR_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_needs_no_database_and_starts_no_server(labels, tmp_path):
    home = tmp_path / "home"

    done = run(labels, "--json", home=home)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["rows"] == 3
    assert set(told["columns"]["T01"]) == {"tp", "fp", "fn", "tn", "precision", "recall", "f1"}
    assert not [entry for entry in home.glob("*") if entry.is_dir()]


def test_the_command_tells_projects_as_json(projects, tmp_path):
    told = json.loads(run("--projects", projects, "--json", home=tmp_path / "home").stdout)

    assert told["codes"]["T07"] == {"expected": 1, "found": 0}
    assert ["Cloud", "T09"] in told["unexpected"]


def test_the_command_tells_what_is_missing(tmp_path):
    done = run(tmp_path, home=tmp_path / "home")

    assert done.returncode != 0
    assert "labels.csv does not exist" in done.stderr
    file = tmp_path / "GUIDE.md"
    file.touch()
    done = run(file, home=tmp_path / "home")
    assert (done.returncode, done.stderr) == (1, f"CommandError: {file}/labels.csv does not exist\n")


@pytest.mark.skipif(
    not (SHARED / "data" / "labels").is_dir(), reason="the labelled notices are not beside the checkout"
)
def test_the_rules_read_labelled_notices_well(reference):
    evaluation = evaluate_labels([SHARED / "data" / "labels"], reference)

    for name, count in evaluation.columns.items():
        if count.tp + count.fn >= 5:
            assert count.precision >= 0.9, name
            assert count.recall >= 0.8, name
    assert max(evaluation.base.values(), default=0) <= evaluation.out_of_scope / 50


@pytest.mark.skipif(not (SHARED / "reference").is_dir(), reason="the known projects are not beside the checkout")
def test_the_rules_find_known_projects(reference):
    assert evaluate_projects(SHARED / "reference" / "known_projects.csv", reference).recall >= 0.95
