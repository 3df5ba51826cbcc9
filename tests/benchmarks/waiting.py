"""
A program of the benchmark: gets ready, tells what processor time that took, waits for a line, and works.

    python -m tests.benchmarks.waiting load FILE --json
    python -m tests.benchmarks.waiting tests.benchmarks.auditing
"""

import os
import runpy
import sys
import time
from pathlib import Path

from contracts.runtime.garbage_collection import end_without_looking


def main() -> None:
    import django

    end_without_looking()  # as manage.py does
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.ensure_connection()
    name, *rest = sys.argv[1:]
    if "." in name:
        work = runpy.run_module(name)["get_ready"]()
    else:

        def work() -> None:
            with Path(os.devnull).open("w") as nowhere:
                call_command(name, *rest, stdout=nowhere, stderr=nowhere)

    print(time.process_time(), flush=True)
    sys.stdin.readline()
    work()


if __name__ == "__main__":
    main()
