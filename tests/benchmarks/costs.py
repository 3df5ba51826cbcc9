"""What something costs: seconds by the clock, and processor time of programs and of the database server."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


class Cost:
    """
    `seconds` by the clock, `program` and `server` of processor; all children that ended are counted.

    `started_in` and `start` are what it took before, by the clock and of processor, until the programs were ready.
    """

    seconds = program = server = 0.0
    started_in = start = 0.0

    def from_start(self) -> "Cost":
        """Return the cost with the start of the programs in it, as who calls `manage.py` pays it."""
        whole = Cost()
        whole.seconds, whole.program = self.seconds + self.started_in, self.program + self.start
        whole.server = self.server
        return whole

    @property
    def processor(self) -> float:
        return self.program + self.server


@contextmanager
def cost(home: Path) -> Iterator[Cost]:
    """
    Measure what happens inside.

    :param home: of the private servers
    """
    spent = Cost()
    program, server, started = _program(), _server(home), time.perf_counter()
    yield spent
    spent.seconds = time.perf_counter() - started
    spent.program = _program() - program
    spent.server = _server(home) - server


def _program() -> float:
    return sum(os.times()[:4])


def _server(home: Path) -> float:
    """Return the processor time of PostgreSQL, its processes that ended included, in seconds."""
    note = home / "postgresql" / "data" / "postmaster.pid"
    if not note.exists():
        return 0.0
    postmaster = int(note.read_text().split()[0])
    while True:
        own = _times(postmaster)
        running = sum(map(_of_child, _children(postmaster)))
        # What ended meanwhile may have been counted nowhere: all that a program's connection did.
        if _times(postmaster)[2:] == own[2:]:
            return (sum(own) + running) / _TICKS


def _children(process: int) -> Iterator[int]:
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            if entry.name.isdigit() and _parent(int(entry.name)) == process:
                yield int(entry.name)


def _of_child(process: int) -> int:
    with suppress(OSError):
        return sum(_times(process)[:2])
    return 0


def _fields(process: int) -> list[str]:
    # The name of a program may hold spaces and brackets.
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def _parent(process: int) -> int:
    return int(_fields(process)[1])


def _times(process: int) -> list[int]:
    """Return user and system time, and the same of children that ended, in ticks."""
    return [int(field) for field in _fields(process)[11:15]]
