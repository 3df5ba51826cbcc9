"""Forms that are sent twice at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from contracts.models import Publisher
from contracts.postgres.once import create_once

CLICKS = 4


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_one_creates_the_row_and_all_get_it():
    barrier = Barrier(CLICKS)

    def click(_number):
        try:
            barrier.wait()
            with transaction.atomic():
                row, is_new = create_once(Publisher.objects.all(), slug="tula", name="Tula")
            return row.pk, is_new
        finally:
            connection.close()

    with ThreadPoolExecutor(CLICKS) as pool:
        rows, new = zip(*pool.map(click, range(CLICKS)), strict=True)
    assert (len(set(rows)), sum(new), Publisher.objects.filter(slug="tula").count()) == (1, 1, 1)
