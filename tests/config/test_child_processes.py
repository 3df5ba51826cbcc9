"""Child processes: asked to end, killed when they do not, and found when whoever started them is gone."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config import child_processes
from config.child_processes import AlreadyRunningError, Supervised

ROOT = Path(__file__).parents[2]
STUBBORN = "trap '' TERM; echo deaf; while true; do sleep 0.1; done"


def supervise(home: Path, script: str, name: str = "child") -> Supervised:
    return Supervised(name, ["sh", "-c", script], home, os.environ)


def has_said(process: Supervised, text: str):
    return lambda: process.log.exists() and text in process.log.read_text()


def test_a_process_that_is_asked_ends_by_itself(tmp_path, wait_until):
    child = supervise(tmp_path, "trap 'echo finished; exit 0' TERM; echo started; while true; do sleep 0.1; done")
    child.start()
    wait_until(has_said(child, "started"))
    assert child_processes.stop([child]) == []
    assert child.end_of_log() == "started\nfinished"


def test_a_process_that_does_not_end_is_killed_after_the_grace(tmp_path, wait_until):
    child = supervise(tmp_path, STUBBORN)
    child.start()
    wait_until(has_said(child, "deaf"))
    assert child_processes.stop([child], grace=0.5) == ["child"]
    assert not child.is_running()
    assert child_processes.running(tmp_path) == {}


def test_what_a_process_leaves_behind_of_its_children_is_killed(tmp_path, wait_until):
    child = supervise(tmp_path, "sleep 300 & echo $!")
    child.start()
    assert child.wait(10)
    orphan = int(child.end_of_log())
    assert child_processes.running(tmp_path) == {"child": child.process.pid}
    child_processes.stop([child])
    wait_until(lambda: child_processes.running(tmp_path) == {})
    # Whether anyone collects a dead orphan depends on the machine.
    assert not psutil.pid_exists(orphan) or psutil.Process(orphan).status() == psutil.STATUS_ZOMBIE


def test_a_second_process_of_a_name_is_refused(tmp_path):
    child = supervise(tmp_path, "sleep 300")
    child.start()
    with pytest.raises(AlreadyRunningError, match=f"child runs already, as process {child.process.pid}"):
        supervise(tmp_path, "sleep 300").start()
    child.kill()


def test_the_next_command_finds_and_stops_the_orphans_of_a_killed_one(tmp_path, wait_until):
    script = (
        "import os, sys, time; from pathlib import Path; from config.child_processes import Supervised\n"
        "for name in ('web', 'worker'):\n"
        "    Supervised(name, ['sleep', '300'], Path(sys.argv[1]), os.environ).start()\n"
        "time.sleep(300)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT) as command:
        wait_until(
            lambda: len(child_processes.running(tmp_path)) == 2 and all(child_processes.running(tmp_path).values())
        )
        command.send_signal(signal.SIGKILL)
    assert set(child_processes.running(tmp_path)) == {"web", "worker"}
    assert child_processes.stop_running(tmp_path, first="quickstart") == ["web", "worker"]
    assert child_processes.running(tmp_path) == {}


def test_an_orphan_that_is_deaf_is_killed(tmp_path, wait_until):
    child = supervise(tmp_path, STUBBORN)
    child.start()
    wait_until(has_said(child, "deaf"))
    assert child_processes.stop_running(tmp_path, first="quickstart", grace=0.3) == ["child"]
    assert child.wait(10)


def test_a_process_that_is_being_started_has_no_number_and_nobody_is_signalled(tmp_path):
    note = child_processes._lock(tmp_path, "child")
    assert child_processes.running(tmp_path) == {"child": 0}
    assert child_processes.stop_running(tmp_path, first="quickstart", grace=0.2) == ["child"]
    os.close(note)


def test_the_number_of_an_earlier_process_is_forgotten_before_the_next_has_one(tmp_path):
    with child_processes.only_one("child", tmp_path):
        assert child_processes.running(tmp_path) == {"child": os.getpid()}
    note = child_processes._lock(tmp_path, "child")
    assert child_processes.running(tmp_path) == {"child": 0}
    os.close(note)


def test_only_one_command_of_a_name_runs(tmp_path):
    with (
        child_processes.only_one("quickstart", tmp_path),
        pytest.raises(AlreadyRunningError, match=f"as process {os.getpid()}"),
        child_processes.only_one("quickstart", tmp_path),
    ):
        raise AssertionError
    with child_processes.only_one("quickstart", tmp_path):
        assert child_processes.running(tmp_path) == {"quickstart": os.getpid()}
