import gc
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.runtime.garbage_collection import (
    OBJECTS_BETWEEN_LOOKS,
    keep_for_good,
    looking_rarely_for_garbage,
    not_looking_for_garbage,
)


def test_the_collector_looks_rarely_and_then_as_before():
    before = gc.get_threshold()

    @looking_rarely_for_garbage()
    def work():
        assert gc.get_threshold() == (OBJECTS_BETWEEN_LOOKS, *before[1:])
        raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            work()
        assert gc.get_threshold() == before


@pytest.mark.parametrize("was_looking", [True, False])
def test_the_collector_waits_and_then_looks_as_before(was_looking):
    @not_looking_for_garbage()
    def work():
        assert not gc.isenabled()
        raise LookupError

    if not was_looking:
        gc.disable()
    try:
        for _ in range(2):
            with pytest.raises(LookupError):
                work()
            assert gc.isenabled() is was_looking
    finally:
        gc.enable()


def test_the_collector_looks_no_more_at_what_is_kept():
    kept = [[]]
    keep_for_good()
    try:
        assert not any(found is kept for found in gc.get_objects())
    finally:
        gc.unfreeze()
    assert any(found is kept for found in gc.get_objects())


@pytest.mark.parametrize(("call", "said"), [("", "found"), ("end_without_looking()", "")])
def test_a_program_ends_without_a_last_look(call, said):
    circle = """
class Circle:
    def __init__(self):
        self.own = self

    def __del__(self):
        print("found", end="", flush=True)

Circle()
"""
    program = f"from contracts.runtime.garbage_collection import end_without_looking\n{call}\n{circle}"
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert ended.stdout == said
