"""
The `indicators` command, for `manage.py indicators` and `python -m audits.indicators` alike.

It needs no Django: its `--settings` is Cardinal's settings file.
"""

import argparse
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import msgspec

from audits.indicators import settings as ini
from audits.indicators.part import Job, Part
from audits.indicators.profiles import PROFILES
from audits.indicators.run import run
from audits.indicators.settings import Settings, SettingsError

DESCRIPTION = """
Compute red flags from OCDS compiled releases, one a line of FILE.

Prints one JSON object: {"OCID": {ocid: {code: value}}, "Buyer": …, "ProcuringEntity": …, "Tenderer": …, "Meta": …}, as
OCDS Cardinal does. Lines that cannot be read are skipped and named on standard error; the exit status is 2 if no line
is a compiled release.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="JSON Lines, plain or .gz, or - for standard input")
    parser.add_argument(
        "--profile",
        choices=sorted(PROFILES),
        default="veedor",
        help="cardinal: the results of OCDS Cardinal 0.0.8; veedor (default): without its defects",
    )
    parser.add_argument(
        "-s", "--settings", metavar="INI", help="Cardinal's settings file; without it all indicators run"
    )
    parser.add_argument("--map", action="store_true", help="add Maps, from processes to organizations")
    parser.add_argument("--no-meta", action="store_true", help="leave out Meta, the quartiles and fences")
    parser.add_argument("-c", "--count", action="store_true", help="print the number of results per group as well")
    parser.add_argument("--json", action="store_true", help="print one compact line even to a terminal")
    parser.add_argument(
        "--workers",
        type=int,
        metavar="N",
        help="processes to use (default: one for each processor, one for a small file)",
    )


def execute(options: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Run the command with parsed options; the exit code is 2 if the settings or no line of the file can be read."""
    if options.workers is not None and options.workers < 1:
        err.write("--workers must be 1 or more\n")
        return 2
    try:
        job = Job(_settings(options.settings), options.profile, maps=options.map)
        part = run(job, sys.stdin.buffer if options.file == "-" else Path(options.file), workers=options.workers)
    except SettingsError as error:
        err.write(f"{options.settings}: {error}\n")
        return 2
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        err.write(f"{_culprit(error, options)}: {getattr(error, 'strerror', None) or error}\n")
        return 2
    printed = msgspec.json.encode(part.results.as_json(meta=not options.no_meta))
    if out.isatty() and not options.json:
        printed = msgspec.json.format(printed)
    out.write(printed.decode() + "\n")
    _report(part, err)
    if options.count:
        for group, found in part.results.groups.items():
            if found:
                err.write(f"{group}: {len(found)}\n")
    # An empty file has nothing to be wrong about.
    return 2 if part.lines and not part.releases else 0


def _settings(path: str | None) -> Settings:
    return Settings() if path is None else ini.parse(Path(path).read_text(encoding="utf-8-sig"))


def _culprit(error: Exception, options: argparse.Namespace) -> str:
    name = getattr(error, "filename", None)
    if name is None:
        name = options.settings if isinstance(error, UnicodeDecodeError) else options.file
    return str(name)


def _report(part: Part, err: TextIO) -> None:
    err.writelines(f"line {line} is skipped: {reason}\n" for line, reason in part.skipped)
    more = part.skipped_lines - len(part.skipped)
    if more:
        err.write(f"{more} more lines are skipped\n")
    if part.lines and not part.releases:
        err.write("no line is a compiled release with an ocid: give one on each line, not packages or records\n")
    if part.results.other_currencies:
        err.write(f"{part.results.other_currencies} values are left out: not in {part.results.currency}\n")


def main(arguments: Sequence[str] | None = None, prog: str | None = None) -> int:
    parser = argparse.ArgumentParser(prog=prog, description=DESCRIPTION)
    add_arguments(parser)
    return execute(parser.parse_args(arguments), sys.stdout, sys.stderr)
