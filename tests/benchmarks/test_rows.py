import argparse

import pytest

from tests.benchmarks import releases
from tests.benchmarks.__main__ import _size
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import Cost
from tests.benchmarks.rows import Pair, Row, compared, growth, table


def spent(seconds, program, server):
    cost = Cost()
    cost.seconds, cost.program, cost.server = seconds, program, server
    return cost


def test_a_size_is_read_as_people_write_it():
    assert [_size(text) for text in ("700", "20k", "1M")] == [700, 20_000, 1_000_000]
    for text in ("", "k", "many", "-5", "0", "1.5k"):
        with pytest.raises(argparse.ArgumentTypeError):
            _size(text)


def test_records_are_stored_in_growing_slices(tmp_path):
    def sizes(count):
        return Bench(tmp_path, count=count, megabytes=1, is_small=False).sizes()

    assert sizes(20_000) == [5_000, 10_000, 15_000, 20_000]
    assert sizes(100_000) == [10_000, 30_000, 100_000]
    assert sizes(1_000_000) == [10_000, 30_000, 90_000, 270_000, 1_000_000]


def test_a_ratio_compares_rates_of_different_numbers():
    pair = Pair(1000, spent(4, 3, 1), spent(1, 0.5, 0.5), 500)
    assert (pair.rate, pair.yardstick_rate, pair.by_clock, pair.by_processor) == (250, 500, 0.5, 0.5)


def test_the_start_of_programs_is_told_apart():
    cost = spent(4, 3, 1)
    cost.started_in, cost.start = 2, 1.5
    whole = cost.from_start()
    assert (cost.processor, whole.seconds, whole.program, whole.server, whole.processor) == (4, 6, 4.5, 1, 5.5)


def test_rows_become_a_table():
    pairs = [Pair(100, spent(seconds, 1, 1), spent(1, 1, 0)) for seconds in (2, 4, 5)]
    rows = [compared("load", "COPY", pairs, goal="≥ 0.45"), growth("load", [(10, 50.0), (20, 25.0)], goal="flat")]
    assert rows[0] == Row(
        "load", "25/s, 20,000 µs of processor", "COPY: 100/s", "0.25 (0.2–0.5); by processor 0.5", "≥ 0.45"
    )
    assert table(rows).splitlines()[3] == "| load | 10: 50/s, 20: 25/s | at 10 | 0.50 | flat |"


def test_a_small_release_has_some_650_bytes():
    made = [*releases.compiled_releases(1, 500, small=True)]
    assert 600 < sum(len(releases.dump(release)) for release in made) / 500 < 700
    assert made == [*releases.compiled_releases(1, 500, small=True)]
