import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contracts.management.commands import load as load_command
from contracts.models import ContractingProcess, Release, Submission
from contracts.submitting import submit_local
from tests.support.records import release
from tests.support.shared import OCDS_FILES, SHARED, needs_ocds_files
from tests.support.workbooks import xlsx

pytestmark = pytest.mark.django_db


def test_load_command_prints_one_object(tmp_path, capsys):
    (tmp_path / "a.json").write_text(json.dumps(release()))
    (tmp_path / "b.jsonl").write_text(json.dumps(release("ocds-test01-2")) + "\n")
    (tmp_path / "notes.txt").write_text("not a record")
    call_command("load", str(tmp_path), "--json")
    said = capsys.readouterr()
    assert "1 files in folders were passed over, such as" in said.err
    assert "notes.txt" in said.err
    assert json.loads(said.out) == {
        "files": 2,
        "failed_files": 0,
        "releases_new": 2,
        "releases_known": 0,
        "processes": 2,
        "awards": 2,
        "contracts": 2,
        "bids": 0,
        "organizations": 4,
        "corrections": 0,
        "problems": 0,
    }


def test_load_command_fails_for_a_file_without_any_release(tmp_path, capsys):
    (tmp_path / "a.json").write_text("[1, 2]")
    with pytest.raises(SystemExit) as caught:
        call_command("load", str(tmp_path / "a.json"), str(tmp_path / "missing.json"), "--json")
    assert caught.value.code == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["failed_files"] == 2
    head, first, second = said.err.splitlines()[-3:]
    assert head == "2 of 2 files failed:"
    assert first.startswith(f"{tmp_path / 'a.json'}: no release could be read: ")
    assert second == f"{tmp_path / 'missing.json'}: No such file or directory"


@pytest.mark.parametrize(
    ("attempts", "ago", "told"),
    [
        (
            1,
            timedelta(),
            "another process reads it. If that one was killed, a worker goes on with the file in 180 seconds",
        ),
        (3, timedelta(hours=1), "To try it again: manage.py retrysubmissions {id}"),
    ],
)
def test_load_command_says_what_to_do_about_a_file_that_it_may_not_read(attempts, ago, told, tmp_path, capsys):
    """As after a `load` that was killed: its lease runs on."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(release()))
    submission, _is_new = submit_local(iter([path.read_bytes()]), publisher=None, file_name="a.json")
    Submission.objects.filter(pk=submission.pk).update(attempts=attempts, attempted_at=timezone.now() - ago)

    with pytest.raises(SystemExit):
        call_command("load", str(path))

    assert f"{path}: " in (said := capsys.readouterr().err)
    assert told.format(id=submission.pk) in said


def test_load_command_tells_of_a_line_that_is_cut_off_not_of_the_file_alone(tmp_path, capsys):
    whole = json.dumps(release())
    (tmp_path / "a.jsonl").write_text(f"{whole}\n{whole[:40]}\n{json.dumps(release('ocds-test01-2'))}\n")
    call_command("load", str(tmp_path / "a.jsonl"))
    said = capsys.readouterr()
    assert "2 releases new" in said.out
    assert "a.jsonl: line 2, " in said.err
    assert "The file, or this line of it, ends inside a value." in said.err


def test_load_command_says_again_why_a_file_failed(tmp_path, capsys):
    (tmp_path / "a.json").write_text('{"releases": [7]}')
    for _time in range(2):
        with pytest.raises(SystemExit):
            call_command("load", str(tmp_path / "a.json"))
        said = capsys.readouterr()
        assert "1 of 1 files failed" in said.err
        assert "/releases/0" in said.err
        assert "nothing changed" not in said.out
    (tmp_path / "b.json").write_text(json.dumps(release("ocds-test01-1")))
    for _time in range(2):
        call_command("load", str(tmp_path / "b.json"))
    assert "nothing changed" in capsys.readouterr().out


def test_load_command_goes_on_after_a_file_that_fails(tmp_path, capsys, monkeypatch):
    for number in (1, 2, 3):
        (tmp_path / f"{number}.json").write_text(json.dumps(release(f"ocds-test01-{number}")))
    process = load_command.process_submission

    def fail_once(submission_id, **options):
        monkeypatch.setattr(load_command, "process_submission", process)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(load_command, "process_submission", fail_once)
    with pytest.raises(SystemExit) as caught:
        call_command("load", str(tmp_path), "--json")
    assert caught.value.code == 1
    said = capsys.readouterr()
    printed = json.loads(said.out)
    assert (printed["files"], printed["failed_files"], printed["releases_new"]) == (3, 1, 2)
    assert "RuntimeError: the disk is full" in said.err
    assert said.err.endswith(
        f"1 of 3 files failed:\n{tmp_path / '1.json'}: loading failed with RuntimeError: the disk is full\n"
    )
    assert sorted(ContractingProcess.objects.values_list("ocid", flat=True)) == ["ocds-test01-2", "ocds-test01-3"]


@needs_ocds_files
def test_nothing_of_the_real_files_is_lost(capsys):
    call_command("load", str(SHARED / "data" / "ocds"), "--json")
    counts = json.loads(capsys.readouterr().out)
    assert (counts["files"], counts["failed_files"], counts["processes"]) == (len(OCDS_FILES), 0, len(OCDS_FILES))
    stored = [json.loads(bytes(row.content)) for row in Release.objects.all()]
    for path in OCDS_FILES:
        document = json.loads(path.read_text("utf-8-sig"))
        for record in document.get("records", [document]):
            given = [entry for entry in record.get("releases", []) if "ocid" in entry]
            given += [record["compiledRelease"]] if "compiledRelease" in record else []
            for entry in given or [record]:
                assert entry in stored, path.name


def test_tables_and_simple_contracts_are_loaded_by_their_content(tmp_path, capsys):
    (tmp_path / "list.csv").write_text("title;buyer;amount\nNube;Tula;5\n;;\n;x;\n")
    (tmp_path / "list.xlsx").write_bytes(xlsx({"A": [["title", "buyer"], ["Red", "Tula"]]}))
    (tmp_path / "one.json").write_text('{"title": "Antena", "buyer": "Tula"}')
    call_command("load", *map(str, tmp_path.iterdir()), "--json")
    printed = capsys.readouterr()
    counts = json.loads(printed.out)
    assert (counts["files"], counts["failed_files"], counts["releases_new"], counts["problems"]) == (3, 0, 3, 1)
    assert "list.csv: row 4: The row is incomplete" in printed.err
