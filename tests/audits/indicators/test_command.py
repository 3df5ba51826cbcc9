import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from audits.indicators.command import main
from tests.audits.indicators.making import bid, lines, release

ROOT = Path(__file__).parents[3]
SHORT = {"tenderPeriod": {"startDate": "2024-01-01T00:00:00Z", "endDate": "2024-01-02T00:00:00Z"}}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "compiled.jsonl"
    path.write_bytes(lines(release("x", [bid("A", 1), bid("B", 1)], tender=SHORT)))
    return path


@pytest.fixture
def settings_file(tmp_path):
    path = tmp_path / "settings.ini"
    path.write_text("[R003]\n[R024]\n", encoding="utf-8")
    return path


def test_the_results_are_one_line_of_json(file, settings_file, capsys):
    assert main([str(file), "--settings", str(settings_file), "--profile", "cardinal", "--json"]) == 0
    out, err = capsys.readouterr()
    meta = {"R024": {"q1": None, "q3": None, "lower_fence": None}}
    assert json.loads(out) == {"OCID": {"x": {"R003": 1.0}}, "Meta": meta}
    assert out.count("\n") == 1
    assert err == ""


def test_meta_can_be_left_out_and_maps_added(file, settings_file, capsys):
    assert main([str(file), "-s", str(settings_file), "--no-meta", "--map", "--count"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out).keys() == {"OCID", "Maps"}
    assert err == "OCID: 1\n"


def test_the_veedor_profile_is_the_default(file, capsys):
    assert main([str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["Meta"]["R024"]["n"] == 0


def test_gzip_and_standard_input_are_read(file, tmp_path, capsys, monkeypatch):
    main([str(file)])
    plain = capsys.readouterr().out
    zipped = tmp_path / "compiled.jsonl.gz"
    zipped.write_bytes(gzip.compress(file.read_bytes()))
    main([str(zipped)])
    assert capsys.readouterr().out == plain
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes())))
    main(["-"])
    assert capsys.readouterr().out == plain


def test_skipped_lines_are_named_on_standard_error(tmp_path, capsys):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"{\n" * 25 + lines(release("x", [], [])))
    assert main([str(path)]) == 0
    err = capsys.readouterr().err.splitlines()
    assert err[0].startswith("line 1 is skipped: ")
    assert len(err) == 21
    assert err[-1] == "5 more lines are skipped"


@pytest.mark.parametrize(
    "content", [b"{\n", b"not json\n\n", b'{"releases": [{"ocid": "x"}]}\n', b'{"records": []}\n{\n']
)
def test_a_file_without_a_compiled_release_is_a_failure(tmp_path, content, capsys):
    """A release package gave an empty result and exit status 0."""
    path = tmp_path / "package.jsonl"
    path.write_bytes(content)
    assert main([str(path)]) == 2
    assert "not packages or records" in capsys.readouterr().err
    path.write_bytes(b"")
    assert main([str(path)]) == 0


def test_values_in_other_currencies_are_counted_on_standard_error(tmp_path, capsys):
    path = tmp_path / "mixed.jsonl"
    made = release("x", [bid("A", 1), bid("B", 1, currency="PEN")], [{"status": "active"}])
    path.write_bytes(lines(made))
    assert main([str(path), "--profile", "cardinal"]) == 0
    assert capsys.readouterr().err == "1 values are left out: not in USD\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.jsonl"], "absent.jsonl: No such file or directory"),
        (["{file}", "--settings", "absent.ini"], "absent.ini: No such file or directory"),
        (["{file}", "--settings", "{file}"], "line 1: "),
        (["{fake}"], "fake.jsonl.gz: Not a gzipped file"),
        (["{file}", "--settings", "{binary}"], "binary.ini: 'utf-8' codec"),
        (["{file}", "--workers", "0"], "--workers must be 1 or more"),
    ],
)
def test_what_cannot_be_read_ends_with_a_reason(file, tmp_path, arguments, message, capsys):
    fake, binary = tmp_path / "fake.jsonl.gz", tmp_path / "binary.ini"
    fake.write_bytes(b"{}")
    binary.write_bytes(b"\xff\xfe")
    arguments = [argument.format(file=file, fake=fake, binary=binary) for argument in arguments]
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_the_django_command_takes_cardinals_settings_file(file, settings_file, capsys):
    call_command("indicators", str(file), "--settings", str(settings_file), "--profile", "cardinal", "--no-meta")
    assert json.loads(capsys.readouterr().out) == {"OCID": {"x": {"R003": 1.0}}}


def test_the_django_command_ends_with_the_exit_code(capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("indicators", "absent.jsonl")
    assert ended.value.code == 2
    assert "absent.jsonl" in capsys.readouterr().err


def test_the_package_runs_without_django(file):
    program = (
        "import sys; from audits.indicators.command import main; code = main(sys.argv[1:]);"
        "sys.exit(3 if 'django' in sys.modules else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
