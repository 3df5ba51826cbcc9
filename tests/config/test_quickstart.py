"""`manage.py quickstart` as people run it: from nothing to flags, twice, interrupted, and killed."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from config import child_processes, embedded
from config.embedded import PrivateBroker, PrivatePostgreSQL

# Each starts the whole site, once or twice: on a machine that is busy with other things it takes minutes.
pytestmark = pytest.mark.timeout(900)

ROOT = Path(__file__).parents[2]
STAYS = "Ctrl-C stops everything"


@pytest.fixture(scope="module")
def home():
    folder = Path(tempfile.mkdtemp(prefix="veedor-quickstart-"))
    folder.chmod(0o711)
    yield folder
    child_processes.stop_running(folder, first="quickstart")
    embedded.stop_servers(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module", autouse=True)
def ctrl_c():
    """What is run in the background ignores Ctrl-C, and so do its children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def environment(home, port) -> dict[str, str]:
    ours = {"VEEDOR_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": ""}
    servers = {"DATABASE_URL", "CELERY_BROKER_URL"}
    return {name: value for name, value in os.environ.items() if name not in servers} | ours


def run(environment, *arguments) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "quickstart", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def start(environment) -> subprocess.Popen[str]:
    """Start the command without `--exit`; returns when everything runs."""
    quickstart = subprocess.Popen(
        [sys.executable, "manage.py", "quickstart"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    said = ""
    for line in quickstart.stdout:
        said += line
        if STAYS in line:
            return quickstart
    quickstart.communicate()  # it has ended
    raise AssertionError(said)


def login_in(said: str) -> str:
    return next(line for line in said.splitlines() if line.startswith("Login:"))


def nothing_runs(home) -> bool:
    return not (
        child_processes.running(home) or PrivatePostgreSQL(home).is_running() or PrivateBroker(home).is_running()
    )


def test_from_nothing_to_flags_and_again(home, environment, port):
    first = run(environment, "--exit")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "releases new" in first.stdout
    assert " INFO " not in first.stdout + first.stderr, "what is logged stands in the middle of its lines"
    assert f"http://127.0.0.1:{port}/api/v1/docs/" in first.stdout
    assert re.search(r"of these, on organizations: [1-9]", first.stdout)
    assert (home / "auditor_password").stat().st_mode & 0o777 == 0o600
    assert nothing_runs(home)
    second = run(environment, "--exit")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "releases known" in second.stdout
    assert "releases new" not in second.stdout
    assert login_in(second.stdout) == login_in(first.stdout)
    flagged = [said.split("Flagged:")[1].split("API:")[0] for said in (first.stdout, second.stdout)]
    assert flagged[0] == flagged[1]


def test_the_statistics_of_populations_are_there_from_the_start(environment):
    """What the command would refresh now is what the quickstart left undone."""
    again = subprocess.run(
        [sys.executable, "manage.py", "cohorts", "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(again.stdout)
    assert told["cohorts"] > 0
    assert (told["changed"], told["processes"], told["organizations"], told["audits_written"]) == ([], 0, 0, 0)


def test_ctrl_c_stops_everything_and_says_so(home, environment, port):
    quickstart = start(environment)
    with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=10) as answer:
        assert json.load(answer)["status"] == "ready"
    again = run(environment)
    assert again.returncode == 1
    assert f"quickstart runs already, as process {quickstart.pid}" in again.stderr
    os.killpg(quickstart.pid, signal.SIGINT)
    said, _ = quickstart.communicate(timeout=600)
    assert quickstart.returncode == 0, said
    assert nothing_runs(home)


def test_what_a_killed_run_left_behind_is_stopped_by_the_next(home, environment):
    quickstart = start(environment)
    quickstart.kill()
    quickstart.communicate()
    assert set(child_processes.running(home)) == {"beat", "web", "worker", "worker-fresh"}
    after = run(environment, "--exit")
    assert after.returncode == 0, after.stdout + after.stderr
    assert nothing_runs(home)


def test_a_taken_port_is_reported_with_the_way_out_before_anything_is_done(home, environment, port):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        result = run(environment, "--exit")
    assert result.returncode == 1
    assert f"Choose another: PORT={port + 1} make demo" in result.stderr
    assert result.stdout == ""


def test_a_port_that_is_none_is_refused(environment):
    result = run(environment, "--exit", "--port", "70000")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.strip() == "CommandError: 70000 is not a port: it may be 1 to 65535."


def test_a_worker_that_dies_is_reported_with_the_end_of_its_log(home, environment):
    quickstart = start(environment)
    os.kill(child_processes.running(home)["worker"], signal.SIGKILL)
    said, _ = quickstart.communicate(timeout=600)
    assert quickstart.returncode == 1
    assert "worker ended by itself" in said
    assert nothing_runs(home)
