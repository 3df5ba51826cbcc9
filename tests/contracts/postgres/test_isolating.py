"""A failing batch is repeated one by one; errors of database or worker are blamed on no entry."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError

from contracts.postgres.isolating import work_isolated


def divide(numbers):
    return [12 // number for number in numbers]


def test_only_what_fails_alone_is_blamed():
    blamed = []
    found = work_isolated([3, 0, 4], divide, on_error=lambda item, error: blamed.append((item, type(error))))
    assert (found, blamed) == ([[4], [3]], [(0, ZeroDivisionError)])


def test_a_batch_that_goes_well_is_one_piece_of_work():
    assert work_isolated([3, 4], divide, on_error=pytest.fail) == [[4, 3]]
    assert work_isolated([], divide, on_error=pytest.fail) == []


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded(), MemoryError(), OperationalError("gone")])
@pytest.mark.parametrize("size", [1, 3])
def test_trouble_of_the_moment_is_raised_and_blames_nobody(error, size):
    def fail(_items):
        raise error

    with pytest.raises(type(error)):
        work_isolated(list(range(size)), fail, on_error=lambda *_: pytest.fail("somebody was blamed"))
