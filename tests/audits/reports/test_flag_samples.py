"""Samples of flags for a reader: the choice, the form, the verdicts, the command."""

import csv
import gzip
import json
from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audits.contributions.sources import sources_of
from audits.models import Flag
from audits.reports.flag_samples import (
    Candidate,
    VerdictCounts,
    VerdictError,
    WrittenVerdict,
    choose,
    count_verdicts,
    read_verdicts,
)
from contracts.models import ContractingProcess, Publisher
from tests.support.purchases import audit
from tests.support.records import load, release


def candidates(**numbers):
    """Return flags of R018: the number of each source."""
    return [
        Candidate(100 * place + number, "R018", source, f"{source}{number}".encode())
        for place, (source, count) in enumerate(numbers.items())
        for number in range(count)
    ]


def chosen(flags, *, per_rule=9, per_source=3, seed=0):
    return choose(flags, per_rule=per_rule, per_source=per_source, seed=seed)


def test_a_large_source_does_not_crowd_out_the_small():
    sources = [flag.source for flag in chosen(candidates(large=50, small=1, other=2), per_rule=5)]

    assert sorted(sources[:3]) == ["large", "other", "small"]
    assert sorted(sources) == ["large", "large", "other", "other", "small"]


def test_no_more_are_chosen_than_asked_for():
    flags = [*candidates(a=9, b=9, c=9, d=9), Candidate(999, "R003", "a", b"x")]

    assert len([flag for flag in chosen(flags) if flag.rule == "R018"]) == 9
    assert [flag.id for flag in chosen(flags) if flag.rule == "R003"] == [999]
    assert len(chosen(candidates(a=9))) == 3


def test_chance_depends_on_the_seed_and_on_nothing_else():
    flags = candidates(a=40, b=40)

    assert chosen(flags) == chosen(flags[::-1])
    assert [chosen(flags, seed=seed) for seed in range(5)].count(chosen(flags)) == 1


def row(verdict, rule="R018", publisher="a"):
    return {"rule": rule, "publisher": publisher, "verdict": verdict}


def test_verdicts_are_counted_by_rule_and_source():
    rows = [row("RIGHT"), row("WRONG", publisher="b"), row("TRUE BUT IDLE"), row(""), row("RIGHT", rule="R003")]

    assert count_verdicts(rows) == {
        "R003": {"a": VerdictCounts(right=1)},
        "R018": {"a": VerdictCounts(right=1, idle=1, unjudged=1), "b": VerdictCounts(wrong=1)},
    }


@pytest.mark.parametrize(
    ("right", "idle", "wrong", "reached"),
    [(8, 1, 1, True), (7, 2, 1, False), (16, 1, 3, False), (0, 0, 0, None)],
    ids=["just enough", "too few right", "too many wrong", "none judged"],
)
def test_a_rule_reaches_its_goal_by_what_is_right_and_what_is_wrong(right, idle, wrong, reached):
    assert VerdictCounts(right, idle, wrong, unjudged=5).reaches_goal is reached


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,rule,publisher,verdict\n1,R018,a,right\n2,R018,a,perhaps\n", r"line 3: the verdict 'PERHAPS' is not one"),
        ("id,rule\n", "has no column publisher, verdict"),
    ],
)
def test_verdicts_that_cannot_be_read_say_where(tmp_path, content, message):
    path = tmp_path / "verdicts.csv"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(VerdictError, match=message):
        read_verdicts(path)
    with pytest.raises(CommandError, match=message):
        call_command("sampleflags", verdicts=[path])


def test_a_verdict_is_read_in_any_case(tmp_path):
    path = tmp_path / "verdicts.csv"
    path.write_text("\ufeffid,rule,publisher,verdict\n1,R018,a,true  but idle\n2,R018,a,\n", encoding="utf-8")

    assert [entry["verdict"] for entry in read_verdicts(path)] == [WrittenVerdict.IDLE, ""]


@pytest.fixture
def flagged(db):
    """Three records with a single tenderer each: two of a publisher, one of nobody."""
    Publisher.objects.create(slug="first", name="First", country="MX", ocid_prefix="ocds-first1")
    contact = {"name": "Ana Prueba", "email": "ana@example.org"}
    parties = [{**party, "contactPoint": contact} for party in release()["parties"]]
    audit(*(release(ocid, parties=parties) for ocid in ("ocds-first1-1", "ocds-first1-2", "ocds-other1-1")))


def sample(folder, **options):
    output = StringIO()
    call_command("sampleflags", output=folder, json=True, stdout=output, **options)
    return json.loads(output.getvalue())


def entries_of(folder):
    return json.loads((folder / "flags.json").read_text(encoding="utf-8"))


def form_of(folder):
    with (folder / "judged_R.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_sample_holds_flags_their_records_and_an_empty_form(flagged, tmp_path):
    report = sample(tmp_path / "new", rule=["R018"])

    assert report == {"flags": 3, "records": 3, "rules": {"R018": 3}}
    entries, form = entries_of(tmp_path / "new"), form_of(tmp_path / "new")
    assert [str(entry["id"]) for entry in entries] == [line["id"] for line in form]
    assert {line["publisher"] for line in form} == {"First", "ocds-other1"}
    assert {line["verdict"] + line["why"] for line in form} == {""}
    flag = Flag.objects.get(pk=entries[0]["id"])
    assert entries[0] == {
        "id": flag.pk,
        "rule": "R018",
        "version": flag.rule_version,
        "severity": "medium",
        "subject": flag.process.ocid,
        "sentence": "The record counts 1 tenderer in a procedure of method “open tender”.",
        "evidence": flag.evidence,
        "parameters": flag.parameters,
    }
    with gzip.open(tmp_path / "new" / "records.jsonl.gz", "rt", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    assert {record["ocid"] for record in records} == {entry["subject"] for entry in entries}
    assert "Ana Prueba" not in str(records)
    assert not (tmp_path / "new" / "judged_T.csv").exists()


def test_what_an_earlier_sample_asked_is_left_out(flagged, tmp_path):
    sample(tmp_path / "one", rule=["R018"], per_rule=2)
    sample(tmp_path / "two", rule=["R018"], without=[tmp_path / "one" / "flags.json"])

    subjects = [{entry["subject"] for entry in entries_of(tmp_path / name)} for name in ("one", "two")]
    assert [len(each) for each in subjects] == [2, 1]
    assert not subjects[0] & subjects[1]


def test_withdrawn_flags_are_not_asked_about(flagged, tmp_path):
    before = sample(tmp_path / "before")["rules"]["R018"]
    audit(release("ocds-other1-1", id="2", date="2024-05-01T00:00:00Z", tender={"id": "T", "numberOfTenderers": 3}))

    assert (before, sample(tmp_path / "after")["rules"]["R018"]) == (3, 2)


def test_context_is_left_out_of_what_waits(flagged, tmp_path):
    Flag.objects.filter(rule="R018", process__ocid="ocds-other1-1").update(severity="context")

    found = (sample(tmp_path / "all")["rules"]["R018"], sample(tmp_path / "waiting", waiting=True)["rules"]["R018"])
    assert found == (3, 2)


def test_verdicts_already_given_are_not_overwritten(flagged, tmp_path):
    sample(tmp_path)
    before = (tmp_path / "judged_R.csv").read_bytes()

    with pytest.raises(CommandError, match=r"judged_R\.csv: File exists"):
        call_command("sampleflags", output=tmp_path, seed=1)
    assert (tmp_path / "judged_R.csv").read_bytes() == before


def test_the_report_counts_what_was_filled_in(flagged, tmp_path):
    sample(tmp_path, rule=["R018"])
    form = form_of(tmp_path)
    for line, verdict in zip(form, WrittenVerdict, strict=True):
        line["verdict"] = verdict
    with (tmp_path / "filled.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, form[0].keys())
        writer.writeheader()
        writer.writerows(form)
    output, lines = StringIO(), StringIO()
    call_command("sampleflags", verdicts=[tmp_path / "filled.csv"], json=True, stdout=output)
    call_command("sampleflags", verdicts=[tmp_path / "filled.csv"], stdout=lines)

    report = json.loads(output.getvalue())
    sources = report["rules"]["R018"].pop("sources")
    assert report["all"] == report["rules"]["R018"]
    assert report["all"] == {"right": 1, "idle": 1, "wrong": 1, "unjudged": 0, "reaches_goal": False}
    assert sum(counts["right"] for counts in sources.values()) == 1
    assert lines.getvalue().splitlines()[-1].split() == ["all", "1", "1", "1", "0", "missed"]


@pytest.mark.parametrize(
    ("options", "message"),
    [({"rule": ["R998"]}, "There is no rule R998"), ({"without": ["missing.json"]}, "missing.json: No such file")],
)
def test_what_cannot_be_done_is_said(db, tmp_path, options, message):
    options["without"] = [tmp_path / name for name in options.get("without", [])]
    with pytest.raises(CommandError, match=message):
        call_command("sampleflags", output=tmp_path / "new", **options)


@pytest.mark.django_db
def test_the_source_of_a_record_is_its_publisher_or_what_its_ocid_tells():
    publisher = Publisher.objects.create(slug="prueba", name="Prueba", ocid_prefix="ocds-test02")
    load(release("ocds-k50g02-CO1-12"), release("ocds-k50g02"), release("x"), release("ocds-test02-1"))
    load(release("y", packageInfo={"publisher": {"name": "Grupo de Prueba"}}))
    audit()

    assert sources_of(["ocds-k50g02-CO1-12", "ocds-k50g02", "x", "y", "ocds-test02-1", "none"]) == {
        "ocds-k50g02-CO1-12": "ocds-k50g02",
        "ocds-k50g02": "ocds-k50g02",
        "x": "x",
        "y": "publisher:Grupo de Prueba",
        "ocds-test02-1": publisher.slug,
    }


@pytest.mark.django_db
def test_the_rows_of_a_table_are_of_one_source_and_those_of_another_of_another(tmp_path):
    header = "Título;Comprador;Proveedor;Monto\n"
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(f"{header}Puente;Municipio;Constructora A;100\nCamino;Municipio;Constructora B;200\n")
    other.write_text(f"{header}Muro;Municipio;Constructora C;300\n")
    call_command("load", one, other, json=True, stdout=StringIO())
    audit()

    sources = sources_of(ContractingProcess.objects.values_list("ocid", flat=True))
    assert len(sources) == 3
    assert sorted(Counter(sources.values()).values()) == [1, 2]
    assert all(source.startswith("submission:") for source in sources.values())


@pytest.mark.django_db
def test_a_publisher_found_later_is_the_source_at_once():
    load(release("x"))
    audit()
    publisher = Publisher.objects.create(slug="prueba", name="Prueba")
    ContractingProcess.objects.update(publisher=publisher)

    assert sources_of(["x"]) == {"x": publisher.slug}
