"""Requests are counted by all processes of a web server together."""

import os
import signal
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from config.child_processes import stop
from tests.support.servers import AWAY

TOKEN = "of-the-operators-0123456789-abcdefgh"


def ask(web, path: str, **headers: str) -> str:
    asked = Request(web.address(path), headers={"Host": "localhost", "Connection": "close", **headers})
    with urlopen(asked, timeout=30) as answer:
        return answer.read().decode()


def counted(web) -> float:
    """Return how many requests for /health/ any of the processes tells of."""
    text = ask(web, "/metrics", Authorization=f"Bearer {TOKEN}")
    (line,) = [line for line in text.splitlines() if 'route="health/"' in line and "requests_total" in line]
    return float(line.rpartition(" ")[2])


def children(web) -> set[int]:
    number = web.process.pid
    return {int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()}


def files_of_counts(web) -> set[Path]:
    """Return the files of counts that the processes write to."""
    maps = "".join(Path(f"/proc/{child}/maps").read_text() for child in children(web))
    return {Path(line.split(maxsplit=5)[5]) for line in maps.splitlines() if "/veedor-counts-" in line}


def test_processes_count_together_those_that_were_replaced_too(make_web, wait_until):
    """There are files for two processes, however often these are replaced, and none when the server has ended."""
    web = make_web(**AWAY, WEB_CONCURRENCY="2", VEEDOR_METRICS_TOKEN=TOKEN)
    for _ in range(20):
        ask(web, "/health/")
    assert {counted(web) for _ in range(5)} == {20}
    for _ in range(3):
        before = children(web)
        os.kill(max(before), signal.SIGKILL)
        wait_until(lambda before=before: len(children(web) - before) == 1 and len(children(web)) == 2)
        for _ in range(20):
            ask(web, "/health/")
    assert {counted(web) for _ in range(5)} == {80}
    files = files_of_counts(web)
    assert {file.stem.rpartition("_")[2] for file in files} <= {"0", "1"}
    assert stop([web]) == []
    assert not any(file.exists() or file.parent.exists() for file in files)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="this system has no /dev/shm")
def test_a_full_disk_kills_no_process_that_counts(make_web, tmp_path):
    """What strangers send may fill the folder of temporary files; writing to a mapped file there would kill."""
    web = make_web(**AWAY, TMPDIR=str(tmp_path))
    ask(web, "/health/")
    files = files_of_counts(web)
    assert files
    assert not [file for file in files if not file.is_relative_to("/dev/shm")]
