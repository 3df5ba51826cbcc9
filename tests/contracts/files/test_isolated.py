"""A reader in a process of its own: what it wrote is kept, whatever becomes of it."""

import json
import sys
import tempfile

import pytest

from contracts.files import isolated
from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.limits import ReaderLimits

READER = """
import sys, time, os
sys.path.insert(0, {root!r})
from contracts.files.limits import ReaderLimits, limit_this_process
limit_this_process(ReaderLimits(memory_bytes=400 * 1024**2, cpu_seconds=1))
print('{{"read": "' + sys.stdin.read() + '"}}', flush=True)
{then}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    root = str(isolated._ROOT)
    monkeypatch.setattr(isolated, "_ROOT", tmp_path)

    def run(then: str, **limits):
        (tmp_path / "reader.py").write_text(READER.format(root=root, then=then))
        with tempfile.TemporaryFile() as file:
            file.write(b"bytes")
            values, reason = [], ""
            try:
                for value in run_isolated("reader", file, limits=ReaderLimits(**limits)):
                    values += [value]
            except ReaderDiedError as died:
                reason = died.reason
        return values, reason

    return run


@pytest.mark.parametrize(
    ("then", "reason"),
    [
        ("", ""),
        ("print(json)", "crash"),
        ("while True: pass", "time"),
        ("os.abort()", "memory"),
        ("os.kill(os.getpid(), 9)", "memory"),
        ("x = bytearray(10**9)", "crash"),
        ("sys.exit(3)", "memory"),
        ("print('half a line', end='')", ""),
    ],
)
def test_what_it_wrote_is_kept_and_its_end_is_told(run, then, reason):
    assert run(then) == ([{"read": "bytes"}], reason)


def test_one_that_waits_is_ended(run):
    assert run("time.sleep(60)", wall_seconds=1) == ([{"read": "bytes"}], "time")


def test_one_that_writes_without_end_is_ended(run, monkeypatch):
    monkeypatch.setattr(isolated, "MAX_OUTPUT_BYTES", 100_000)
    values, reason = run("while True: print('{}')")
    assert reason == "output"
    assert len(values) < 50_000


def test_it_inherits_nothing(run, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    ((_read, environment), _reason) = run("import json; print(json.dumps(dict(os.environ)))")
    assert "secret" not in json.dumps(environment)
    assert sys.executable
