"""
How fast the indicators are computed from a file: beside OCDS Cardinal where `ocdscardinal` is on PATH, else beside
what any untyped program of Python pays to read the file.

Cardinal is built from its sources by cargo; a package of that name for Python has its count of fields alone.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from audits.indicators.settings import CODES
from tests.benchmarks import releases
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import cost
from tests.benchmarks.rows import Pair, Row, compared, part

PAIRS = 5
# Both sizes make some 200 MB of 20,000: the start of a program is no tenth of what is measured.
SMALL_FOR_EACH = 14
_READ_ALONE = "import json, sys\nfor line in open(sys.argv[1], 'rb'):\n    json.loads(line)\n"


@part("indicators")
def indicators(bench: Bench) -> Iterator[Row]:
    """
    The indicators from a file, of 8 kB and of 650 bytes a release, to Cardinal, whose answer must be the same, or to
    json.loads without it.
    """
    settings = bench.home / "settings.ini"
    settings.write_text("\n".join(["currency = PEN", *(f"[{code}]" for code in CODES)]), encoding="utf-8")
    path = bench.home / "compiled.jsonl"
    ours = [sys.executable, "-m", "audits.indicators", str(path), "--settings", str(settings), "--profile"]
    cardinal = shutil.which("ocdscardinal")
    named, theirs = ("json.loads, one process", [sys.executable, "-c", _READ_ALONE, str(path)])
    if cardinal:
        named, theirs = "ocdscardinal", [cardinal, "indicators", "--settings", str(settings), str(path)]
    for is_small, size in ((False, "8 kB"), (True, "650 bytes")):
        count = min(bench.count, 50_000) * (SMALL_FOR_EACH if is_small else 1)
        small = ["--small"] if is_small else []
        releases.main(["--count", str(count), "--output", str(path), *small])
        if cardinal:
            assert json.loads(_output([*ours, "cardinal"])) == json.loads(_output(theirs))
        for profile in ("cardinal", "veedor"):
            pairs = [_pair(bench.home, count, [*ours, profile], theirs) for _ in range(PAIRS)]
            yield compared(
                f"indicators, {profile}, {count:,} releases of {size}", named, pairs, goal="≥ 1.0 × ocdscardinal"
            )
        path.unlink()


def _pair(home: Path, count: int, ours: list[str], theirs: list[str]) -> Pair:
    with cost(home) as yardstick:
        _output(theirs)
    with cost(home) as spent:
        _output(ours)
    return Pair(count, spent, yardstick)


def _output(command: list[str]) -> bytes:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
