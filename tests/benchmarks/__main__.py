"""
The figures of the main job, each beside a limit that is measured in the same run, as a table.

    python -m tests.benchmarks [PART …] [--size 20k] [--small] [--megabytes 1000]

{parts}

All on servers of their own in a temporary folder, which is removed. A million processes take hours and some 30 GB;
`--small` has releases of some 650 bytes. With `--stock` the database writes the rows by itself, in minutes: processes
with a buyer, a supplier, a contract, an audit and a flag each, which no part but `main` tells from loaded ones.
"""

import argparse
import os
import platform
import tempfile
import textwrap
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import django

# In this order the parts run: each finds what earlier ones stored.
MODULES = ("main_job", "lists", "pages", "posting", "hosts", "memory", "documents", "indicators", "matching", "desk")
FACTORS = {"k": 1000, "M": 1_000_000}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="veedor-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        for variable in ("DATABASE_URL", "CELERY_BROKER_URL"):
            os.environ.pop(variable, None)
        os.environ |= {"VEEDOR_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        for name in MODULES:  # their imports need Django's settings, which name the folder
            import_module(f"tests.benchmarks.{name}")
        _run(home)


def _run(home: Path) -> None:
    from django.db import connection

    from config import embedded
    from tests.benchmarks.bench import Bench
    from tests.benchmarks.rows import PARTS, table

    described = "\n".join(textwrap.indent(f"{one.name}: {one.help}", "    ") for one in PARTS.values())
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").format(parts=described), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--size", type=_size, default=20_000, help="processes to store: 20k (default), 100k, 1M, …")
    parser.add_argument("--small", action="store_true", help="releases of some 650 bytes")
    parser.add_argument("--stock", action="store_true", help="rows that the database writes by itself")
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the file for memory")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")

    bench = Bench(
        home, count=options.size, megabytes=options.megabytes, is_small=options.small, is_stock=options.stock
    )
    rows = []
    try:
        bench.prepare()
        for one in PARTS.values():
            if one.name in (options.parts or PARTS):
                print(f"{one.name} …", flush=True)
                rows.extend(one.measure(bench))
    finally:
        connection.close()
        embedded.stop_servers(home)
        size = "650 bytes" if options.small else "8 kB"
        stored = "written by the database" if options.stock else f"releases of {size}"
        cores = os.cpu_count()
        print(
            f"\n{datetime.now(UTC):%d %B %Y}, {cores} cores, {platform.machine()}, Python {platform.python_version()}"
        )
        print(f"{options.size:,} processes, {stored}\n\n{table(rows)}", flush=True)


def _size(text: str) -> int:
    factor = FACTORS.get(text[-1:], 1)
    number = text[:-1] if text[-1:] in FACTORS else text
    if not (number.isascii() and number.isdigit() and int(number)):
        raise argparse.ArgumentTypeError(f"{text} is not a size such as 20k, 100k or 1M")
    return int(number) * factor


if __name__ == "__main__":
    main()
