"""
The figures of the main job, each as a ratio to a limit that is measured in the same run.

    python -m tests.benchmarks [load] [audit] [export] [flag] [memory] [indicators] [matching]
                               [--count 5000] [--megabytes 1000]

load        releases loaded a second, to COPY of the same documents into one jsonb column
audit       processes audited a second until none is due again, to reading the same documents from PostgreSQL;
            then organizations audited a second with the cohorts brought up to date, to the bare sums over their rows
export      contracts taken home as CSV a second, to COPY of their table
flag        from POST to the flag of a single submission, with an idle worker: p50 and p95 of 100
memory      peak memory of loading a generated file of that many megabytes (10^6)
indicators  the indicators from a file, to json.loads
matching    titles with their descriptions matched a second, to a plain Aho-Corasick pass

All on servers of their own in a temporary folder, which is removed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

PARTS = ("load", "audit", "export", "flag", "memory", "indicators", "matching")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--count", type=int, default=5000, help="releases for load and audit")
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the file for memory")
    options = parser.parse_args()
    parts = options.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")

    with tempfile.TemporaryDirectory(prefix="veedor-bench-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        for variable in ("DATABASE_URL", "CELERY_BROKER_URL"):
            os.environ.pop(variable, None)
        os.environ |= {"VEEDOR_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        from tests.benchmarks import flow  # its imports need Django's settings, which name the folder

        flow.prepare()
        try:
            if {"load", "audit"} & set(parts):
                flow.load_and_audit(home, options.count)
            if "export" in parts:
                flow.take_away(home, options.count)
            if "flag" in parts:
                flow.post_to_flag(home)
            if "memory" in parts:
                flow.memory(home, options.megabytes)
        finally:
            flow.stop(home)
        if "indicators" in parts:
            _run("indicators")
        if "matching" in parts:
            _run("matching")


def _run(name: str) -> None:
    print(f"\n{name}", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
