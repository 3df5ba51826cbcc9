"""
Drills on the real site: web server, workers, PostgreSQL and broker of their own in a temporary folder.

    python -m tests.drills [bodies] [files] [gets] [kills] [operations] [--seed 1]
        [--bodies 10000] [--files 400] [--gets 10000] [--kills 60]

bodies  mutated bodies, each to validate/ and submissions/
files   hostile PDFs and tables, in turn, by API, form and commands
gets    odd GETs of every address, with odd values for every parameter, part of the path and header
kills   workers, web, broker and database killed and emptied at random while submissions and re-audits run
operations  each operation of the API as its description allows, and as it does not (`make fuzz`; not among all)

What must not be is listed, written to the folder of --output as a request to send again, and ends with exit status 1.
`--first N --bodies 1` sends one body again. See tests/drills/README.md.
"""

import argparse
import os
import signal
import sys
import tempfile
from pathlib import Path

import django

PARTS = ("bodies", "files", "gets", "kills")
# Needs what `make fuzz` installs.
OTHERS = ("operations",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS + OTHERS)}; default: all but the last"
    )
    parser.add_argument("--bodies", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first body, file or GET")
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--gets", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--examples", type=int, default=30, help="requests of each operation and reader")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--output", type=Path, default=Path("var/drill"), help="for what shows a violation again")
    parser.add_argument("--own-only", action="store_true", help="leave out the real records beside the checkout")
    options = parser.parse_args()
    if unknown := {*options.parts} - {*PARTS, *OTHERS}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    # In this order, whatever the order of the arguments: bodies find a site to which nothing was sent.
    parts = [part for part in (*PARTS, *OTHERS) if part in (options.parts or PARTS)]

    # Whoever ends it, also where it runs in the background, is told what was found so far, and no server stays.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _interrupt)
    with tempfile.TemporaryDirectory(prefix="veedor-drill-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        for variable in ("DATABASE_URL", "CELERY_BROKER_URL"):
            os.environ.pop(variable, None)
        os.environ |= {"VEEDOR_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR"}
        django.setup()
        from tests.drills import running  # its imports need Django's settings, which name the folder

        violations = running.run(home, parts, options)
    sys.exit(1 if violations else 0)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
