"""
Read a stranger's file in a process of its own, with limits.

Native parsers abort, loop and fill the memory; no ``try`` catches that. A fresh process does: it inherits neither
threads, connections, open files nor environment, works in an empty folder of its own, and its death costs only the
file. It reads the file from its standard input and writes a JSON value a line, so that what it read before it died is
kept. What it takes from itself before it reads is told in ``limits`` and ``enclosing``.
"""

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from os import P_PID, SEEK_SET, WEXITED, WNOWAIT, killpg, lseek, waitid
from pathlib import Path
from typing import IO, Any

import msgspec

from contracts.files.limits import LIMITS, OUT_OF_MEMORY, ReaderLimits

_ROOT = Path(__file__).resolve().parents[2]
# A line is a page of text or a row; what writes more is broken.
MAX_LINE_BYTES = 8 * 1024**2
MAX_OUTPUT_BYTES = 512 * 1024**2
_ENVIRONMENT = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"}


class ReaderDiedError(Exception):
    """Raised if the process ended before it was done; ``reason`` is ``memory``, ``time``, ``output`` or ``crash``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_isolated(module: str, file: IO[bytes], *arguments: str, limits: ReaderLimits = LIMITS) -> Iterator[Any]:
    """
    Run a module that reads a file, and yield the JSON values that it writes.

    :param module: a module of this project, whose ``__main__`` only calls ``write_lines``
    :param file: a file with a descriptor; it is read from its start
    :raises ReaderDiedError: if it did not end as it should; what it wrote before was yielded
    """
    file.seek(0)
    # Within its buffer a file goes back without its descriptor, which is what the process reads from.
    lseek(file.fileno(), 0, SEEK_SET)
    with tempfile.TemporaryDirectory(prefix="veedor-reader-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=file.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env={**_ENVIRONMENT, "PYTHONPATH": str(_ROOT)},
            start_new_session=True,
        )
        yield from _until_it_ends(process, limits)


def _until_it_ends(process: subprocess.Popen[bytes], limits: ReaderLimits) -> Iterator[Any]:
    is_late = threading.Event()

    def end_late() -> None:
        is_late.set()
        _kill(process)

    timer = threading.Timer(limits.wall_seconds, end_late)
    timer.start()
    try:
        yield from _values(process)
        # Its end is awaited and not yet taken: until it is, the number of its group is no other's.
        waitid(P_PID, process.pid, WEXITED | WNOWAIT)
    finally:
        timer.cancel()
        _kill(process)
        status = process.wait()
        if process.stdout:
            process.stdout.close()
    if is_late.is_set() or status == -signal.SIGXCPU:
        raise ReaderDiedError("time")
    if status in {OUT_OF_MEMORY, -signal.SIGABRT, -signal.SIGKILL}:
        raise ReaderDiedError("memory")
    if status:
        raise ReaderDiedError("crash")


def _values(process: subprocess.Popen[bytes]) -> Iterator[Any]:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    written = 0
    while line := process.stdout.readline(MAX_LINE_BYTES):
        written += len(line)
        if not line.endswith(b"\n") or written > MAX_OUTPUT_BYTES:
            # The last line of a process that died is half a line.
            if written > MAX_OUTPUT_BYTES or len(line) >= MAX_LINE_BYTES:
                raise ReaderDiedError("output")
            return
        yield msgspec.json.decode(line)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill what the process started, and itself if it still runs: its group, unless its end was taken already."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            killpg(process.pid, signal.SIGKILL)
