"""
Child processes that a command starts, watches and stops: each in a session of its own, so that Ctrl-C reaches only the
command, with its output in `VEEDOR_HOME/logs`.

`VEEDOR_HOME/processes` holds the number of each and is locked by the process itself: the kernel lets go of the lock
when it and its children are gone, however they ended, so that orphans of a killed command are found and stopped.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from config.embedded.locks import make_home

GRACE = 30  # seconds between SIGTERM and SIGKILL
ATTEMPTS = 10  # at the lock of a name


class AlreadyRunningError(Exception):
    """A process of this name runs already."""


class Supervised:
    """A child process and its log."""

    def __init__(self, name: str, command: Sequence[str], home: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.command = command
        self.home = home
        self.environment = environment
        self.log = home / "logs" / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process. Raises AlreadyRunningError."""
        note = _lock(self.home, self.name)
        try:
            self.log.parent.mkdir(exist_ok=True)
            with self.log.open("ab") as output:
                self.process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(self.environment),
                    start_new_session=True,
                    pass_fds=[note],  # the process keeps the lock as long as it or a child of it lives
                )
            _write(note, self.process.pid)
        finally:
            os.close(note)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        """Ask the process to finish what it does and end. Its children are its own concern."""
        if self.process and self.is_running():
            self.process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether the process ended within `seconds`."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0, seconds))
        except subprocess.TimeoutExpired:
            return False
        return True

    def kill(self) -> None:
        """Kill the process and its children at once, and wait until they are gone."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # Its children are killed too, but are a moment in dying; until then they hold the lock.
            deadline = time.monotonic() + GRACE
            while running(self.home).get(self.name) == self.process.pid and time.monotonic() < deadline:
                time.sleep(0.01)

    def end_of_log(self, lines: int = 15) -> str:
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop(processes: Sequence[Supervised], grace: float = GRACE) -> list[str]:
    """Ask all to end, then kill whoever has not within `grace` seconds; the names of those that were killed."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + grace
    killed = [process.name for process in processes if not process.wait(deadline - time.monotonic())]
    for process in processes:
        process.kill()  # also what a process left behind of its children
    return killed


@contextlib.contextmanager
def only_one(name: str, home: Path) -> Iterator[None]:
    """Make this process the only one of `name` below `home`. Raises AlreadyRunningError."""
    note = _lock(home, name)
    try:
        _write(note, os.getpid())
        yield
    finally:
        os.close(note)


def running(home: Path) -> dict[str, int]:
    """The processes below `home` that live, by name, each with its number; 0 while one is being started."""
    found = {}
    for note in sorted((home / "processes").glob("*.pid")):
        with note.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found[note.stem] = int(file.read() or 0)
    return found


def stop_running(home: Path, first: str, grace: float = GRACE) -> list[str]:
    """
    Stop the processes below `home`, whoever started them; the names of those that ran. The one named `first` is asked
    before the others: it stops its children itself.
    """
    stopped = sorted(running(home))
    for names in ([first], stopped):
        for name, number in running(home).items():
            if name in names:
                _signal(os.kill, number, signal.SIGTERM)
        deadline = time.monotonic() + grace
        while set(names) & set(running(home)) and time.monotonic() < deadline:
            time.sleep(0.1)
    for number in running(home).values():
        _signal(os.killpg, number, signal.SIGKILL)
        _signal(os.kill, number, signal.SIGKILL)  # one that was started by hand leads no group
    return stopped


def _signal(send: Callable[[int, int], None], number: int, which: signal.Signals) -> None:
    if number:  # to the system, 0 would mean ourselves
        with contextlib.suppress(ProcessLookupError):
            send(number, which)


def _lock(home: Path, name: str) -> int:
    make_home(home)
    (home / "processes").mkdir(exist_ok=True)
    note = os.open(home / "processes" / f"{name}.pid", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # More than once: whoever asks what is running holds the lock for a moment.
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt < ATTEMPTS - 1:
                time.sleep(0.02)
        else:
            os.ftruncate(note, 0)  # the number of an earlier process, which may be anyone's now
            return note
    number = os.read(note, 20).decode()
    os.close(note)
    raise AlreadyRunningError(f"{name} runs already, as process {number}")


def _write(note: int, number: int) -> None:
    os.pwrite(note, str(number).encode(), 0)
