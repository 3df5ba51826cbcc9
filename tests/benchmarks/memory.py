"""How much memory loading a large file takes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks.bench import Bench
from tests.benchmarks.rows import Row, part


@part("memory")
def memory(bench: Bench) -> Iterator[Row]:
    """Peak memory of loading a generated package of so many megabytes (10^6)."""
    bench.empty()
    path = bench.home / "package.json"
    generate = [sys.executable, "-m", "tests.benchmarks.releases", "--format", "package"]
    subprocess.run([*generate, "--size", str(bench.megabytes), "--output", str(path)], check=True)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "load", str(path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    printed = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    assert os.waitstatus_to_exitcode(status) == 0, printed
    size = path.stat().st_size / 1e6
    path.unlink()
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    yield Row(f"memory of loading {size:,.0f} MB", f"{peak:.0f} MiB, {size / seconds:.1f} MB/s", "–", "", "≤ 300 MiB")
