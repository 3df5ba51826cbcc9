"""How often Python's garbage collector runs."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

# How many objects are made between two looks.
OBJECTS_BETWEEN_LOOKS = 100_000


def keep_for_good() -> None:
    """
    Let the collector look no more at what there is: lists and lexicon, a million objects that stay.

    When many batches end, it would look at all of them again.
    """
    gc.collect()
    gc.freeze()


def end_without_looking() -> None:
    """
    Let the interpreter end without a last look for garbage.

    It would look at a million objects that end with it: a fifth of what the start of a command takes.
    """
    atexit.register(gc.freeze)


@contextmanager
def looking_rarely_for_garbage() -> Iterator[None]:
    """
    Run the collector less often: it took a third of the time of loading.

    A batch is some hundred thousand values that live as long as it does, and none of them is in a circle.
    """
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_LOOKS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def not_looking_for_garbage() -> Iterator[None]:
    """
    Let the collector wait: to look rarely at what a batch of audits holds still took a tenth of it.

    All of that goes with the batch: next to nothing is in circles.
    """
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()
