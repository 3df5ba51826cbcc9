"""
How fast the indicators are computed, beside what reading alone costs.

    python -m tests.benchmarks.indicators [--count 50000] [--small] [--file compiled.jsonl] [--json]

Measures, over made-up compiled releases of about 8 kB (or a file of your own): `json.loads` of each line in one
process, which any untyped Python program pays; the indicators in one process and in all; and `ocdscardinal`, where
that program is on PATH. Each figure is the best of three runs, in documents a second; only the ratios mean much.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from audits.indicators.settings import CODES
from tests.benchmarks import releases
from tests.benchmarks.bench import Bench
from tests.benchmarks.rows import Row, part

SETTINGS = "\n".join(f"[{code}]" for code in CODES)
RUNS = 3


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of some runs."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def parse_all(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            json.loads(line)


def program(*arguments: str) -> Callable[[], object]:
    def work() -> None:
        subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

    return work


def measure(path: Path, settings: Path) -> dict[str, float]:
    """{what: documents a second}"""
    with path.open("rb") as file:
        count = sum(1 for _ in file)
    ours = [sys.executable, "-m", "audits.indicators", str(path), "--settings", str(settings)]
    works: dict[str, Callable[[], object]] = {
        "json.loads, one process": lambda: parse_all(path),
        "indicators, cardinal, one process": program(*ours, "--profile", "cardinal", "--workers", "1"),
        "indicators, cardinal": program(*ours, "--profile", "cardinal"),
        "indicators, veedor": program(*ours),
    }
    if cardinal := shutil.which("ocdscardinal"):
        works["ocdscardinal"] = program(cardinal, "indicators", "--settings", str(settings), str(path))
    return {name: count / best(work) for name, work in works.items()}


def write(path: Path, count: int, *, small: bool) -> None:
    releases.main(["--count", str(count), "--output", str(path), *(["--small"] if small else [])])


def write_settings(path: Path) -> None:
    path.write_text(f"currency = PEN\n{SETTINGS}\n", encoding="utf-8")


@part("indicators")
def indicators(bench: Bench) -> Iterator[Row]:
    """The indicators from a file, of 8 kB and of 650 bytes a release, to Cardinal, or to json.loads without it."""
    settings = bench.home / "settings.ini"
    write_settings(settings)
    for small, size in ((False, "8 kB"), (True, "650 bytes")):
        path = bench.home / "compiled.jsonl"
        write(path, min(bench.count, 50_000), small=small)
        rates = measure(path, settings)
        path.unlink()
        name = "ocdscardinal" if "ocdscardinal" in rates else "json.loads, one process"
        for profile in ("indicators, cardinal", "indicators, veedor"):
            yield Row(
                f"{profile}, releases of {size}",
                f"{rates[profile]:,.0f}/s",
                f"{name}: {rates[name]:,.0f}/s",
                f"{rates[profile] / rates[name]:.2g}",
                "≥ 1.0 × ocdscardinal",
            )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--small", action="store_true", help="releases of some 650 bytes")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.ini"
        write_settings(settings)
        path = options.file
        if path is None:
            path = Path(folder) / "compiled.jsonl"
            write(path, options.count, small=options.small)
        rates = measure(path, settings)
        megabytes = path.stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if options.json:
        sys.stdout.write(
            json.dumps({"megabytes": megabytes, "documents_a_second": rates, "peak_megabytes": memory}) + "\n"
        )
        return
    floor = rates["json.loads, one process"]
    sys.stdout.write(f"{megabytes:,.0f} MB; peak memory of the largest process {memory:,.0f} MB\n")
    sys.stdout.writelines(
        f"{name:34} {rate:10,.0f} documents/s {rate / floor:6.2f} x json.loads\n" for name, rate in rates.items()
    )


if __name__ == "__main__":
    main()
