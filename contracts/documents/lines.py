"""How a process that reads a document answers: JSON lines, each written as soon as it is there."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from contracts.files.limits import OUT_OF_MEMORY, limit_this_process


def write_lines(read: Callable[[], Iterator[dict[str, Any]]]) -> None:
    """Write what a reader yields, under the limits; what was read stays, should the next line end this process."""
    limit_this_process()
    try:
        for line in read():
            sys.stdout.write(json.dumps(line) + "\n")
            sys.stdout.flush()
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
