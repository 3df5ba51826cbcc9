"""
Limits on time and memory of a process that reads a stranger's file.

Such a process begins with each file, and this is the first that it imports: nothing here but what Python has at hand.
"""

import resource
from typing import NamedTuple

OUT_OF_MEMORY = 3  # exit status


class ReaderLimits(NamedTuple):
    """What a reading process may use, in bytes and seconds."""

    memory_bytes: int = 1024**3
    cpu_seconds: int = 60
    wall_seconds: int = 90
    file_bytes: int = 64 * 1024**2
    open_files: int = 64


LIMITS = ReaderLimits()


def limit_this_process(limits: ReaderLimits = LIMITS) -> None:
    """Set the limits on the process that calls it: the first thing that a reading module does."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    # The soft limit is a signal that kills; the hard one a second later, should it be ignored.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.open_files, limits.open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
