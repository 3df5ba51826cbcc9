"""Reading in a child process: its output is kept, however it ends."""

import json
import os
import tempfile
import time
from pathlib import Path

import pytest

from contracts.checks import check_enclosure
from contracts.files import enclosing, isolated
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


# For a reader that has written and then waits: on a busy machine it takes seconds to get as far as that.
WALL_SECONDS = 5


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


def test_it_reads_from_the_start_of_a_file_whose_start_was_read(tmp_path, monkeypatch):
    """As of an ODS, whose kind its first entry tells: the whole of it lies in the buffer of the file then."""
    (tmp_path / "reader.py").write_text(READER.format(root=str(isolated._ROOT), then=""))
    monkeypatch.setattr(isolated, "_ROOT", tmp_path)
    with tempfile.TemporaryFile() as file:
        file.write(b"bytes")
        file.seek(0)
        assert file.read(2) == b"by"
        assert list(run_isolated("reader", file)) == [{"read": "bytes"}]


def test_one_that_waits_is_ended(run):
    assert run("time.sleep(60)", wall_seconds=WALL_SECONDS) == ([{"read": "bytes"}], "time")


@pytest.mark.parametrize(("output", "reason"), [("subprocess.DEVNULL", ""), ("None", "time")])
def test_what_it_started_ends_with_it(run, output, reason):
    """One that holds its output open, too: it would be waited for."""
    (_read, started), ended = run(
        "import subprocess\n"
        "late = ['/bin/sh', '-c', 'sleep 20; echo {}']\n"
        f"print(subprocess.Popen(late, stdout={output}).pid)",
        wall_seconds=WALL_SECONDS if reason else 30,
    )
    assert ended == reason
    deadline = time.monotonic() + 10
    while is_running(started) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not is_running(started)


def is_running(number: int) -> bool:
    """Return whether there is a process that is more than the record of its end."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def test_one_that_writes_without_end_is_ended(run, monkeypatch):
    monkeypatch.setattr(isolated, "MAX_OUTPUT_BYTES", 100_000)
    values, reason = run("while True: print('{}')")
    assert reason == "output"
    assert len(values) < 50_000


def test_it_inherits_nothing(run, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    with tempfile.TemporaryFile() as other:
        os.set_inheritable(other.fileno(), True)
        ((_read, found), _reason) = run(
            "import json\n"
            "print(json.dumps([dict(os.environ), os.listdir('/proc/self/fd'), os.getcwd(), os.listdir()]))"
        )
    environment, open_files, folder, content = found
    assert "secret" not in json.dumps(environment)
    assert len(open_files) == 4  # with that of the listing
    assert content == []
    assert not Path(folder).exists()


ATTEMPTS = {
    "socket": "import socket; socket.socket()",
    "the database's socket": "import socket; socket.socket(socket.AF_UNIX)",
    "the environment of the worker": "open(f'/proc/{os.getppid()}/environ')",
    "a key of the site": "open({key!r})",
    "a file of its own": "open('left', 'w')",
    "a signal to the worker": "os.kill(os.getppid(), 0)",
    "the mode of a file": "os.chmod({key!r}, 0o644)",
    "the owner of a file": "os.chown({key!r}, os.getuid(), -1)",
    "the times of a file": "os.utime({key!r})",
    "the attributes of a file": "os.setxattr({key!r}, 'user.name', b'value')",
    "the end of a file": "os.truncate({key!r}, 0)",
    "the end of a file, by opening it": "os.open({key!r}, os.O_ACCMODE | os.O_TRUNC)",
    "a session of its own": "import subprocess; subprocess.run(['/bin/true'], start_new_session=True, check=True)",
    "a group of its own": "import subprocess; subprocess.run(['/bin/true'], process_group=0, check=True)",
}


@pytest.mark.parametrize("what", ATTEMPTS)
def test_the_kernel_takes_what_a_reader_needs_not(run, tmp_path, what):
    key = tmp_path / "secret_key"
    key.write_text("secret")
    attempt = ATTEMPTS[what].format(key=str(key)) if "{key" in ATTEMPTS[what] else ATTEMPTS[what]
    lines = [
        *("from contracts.files.enclosing import enclose_this_process", "lacks = enclose_this_process()"),
        *("try:", f"    {attempt}; end = 'done'", "except OSError: end = 'refused'"),
        *("import json; print(json.dumps([end, *lacks]))",),
    ]
    free, reason = run("\n".join(line for line in lines if "enclose" not in line).replace("*lacks", ""))
    assert (free[1:], reason) == ([["done"]], ""), "without the kernel's help it can be done"
    ((_read, (end, *lacks)), reason) = run("\n".join(lines))
    if lacks:
        pytest.skip(f"this kernel can not take: {', '.join(lacks)}")
    assert (end, reason) == ("refused", "")


class Kernel:
    """A Landlock of a version, that takes what it is given."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.restricted = 0

    def syscall(self, number, given, *_more):
        if number == enclosing._CREATE_RULESET:
            return self.version if given is None else os.open(os.devnull, os.O_RDONLY)
        self.restricted += number == enclosing._RESTRICT_SELF
        return 0


@pytest.mark.parametrize(("version", "holds"), [(2, False), (3, True)])
def test_files_that_can_be_emptied_are_not_enclosed(version, holds):
    kernel = Kernel(version)
    assert enclosing._leave_files(kernel, ()) is holds
    assert kernel.restricted == 1, "what can be taken is taken"


def test_a_deployment_is_told_what_the_kernel_lacks(monkeypatch):
    assert {message.id for message in check_enclosure()} <= {"contracts.I001", "contracts.I002"}
    monkeypatch.setattr("contracts.checks.run_isolated", lambda *_given: iter([{"lacks": ["network"]}]))
    assert [message.id for message in check_enclosure()] == ["contracts.I002"]
