"""How a sandboxed process that reads a stranger's file reports: JSON lines."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from contracts.files.enclosing import enclose_this_process
from contracts.files.limits import OUT_OF_MEMORY, limit_this_process


def write_lines(read: Callable[[], Iterator[dict[str, Any]]], *, at_once: bool = True) -> None:
    """
    Write what a reader yields, under the limits and enclosed: the only thing that a reading module does.

    :param at_once: write each line as soon as it is there, so that it stays should the next one end this process
    """
    limit_this_process()
    enclose_this_process()
    try:
        for line in read():
            sys.stdout.buffer.write(as_line(line))
            if at_once:
                sys.stdout.buffer.flush()
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def as_line(value: dict[str, Any]) -> bytes:
    """Return a value as a line of JSON; half a character, which JSON cannot hold, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
