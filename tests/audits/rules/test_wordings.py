from pathlib import Path

import pytest

from audits.matching.reference.data import Reference
from audits.measuring.evaluation import COLUMNS, evaluate_labels

REFERENCE = Path(__file__).parents[3] / "fixtures" / "reference"
# Precision of what is made up is cheap, recall is not: the lexicon keeps the words that real notices hold, and reads
# fewer of those that somebody thought of. See ``wordings/README.md`` for what it reads of them.
LEAST_PRECISION = {"T12": 0.88}
LEAST_RECALL = {
    "in_scope": 0.87,
    "T01": 0.78,
    "T02": 0.79,
    "T03": 0.81,
    "T04": 0.81,
    "T05": 0.82,
    "T07": 0.69,
    "T09": 0.83,
    "T11": 0.6,
    "T12": 0.44,
    "T15": 0.88,
}


@pytest.fixture(scope="module")
def evaluation():
    return evaluate_labels([Path(__file__).parent / "wordings"], Reference.read(REFERENCE))


@pytest.mark.parametrize("column", [column for column in COLUMNS if column != "T16"])
def test_other_words_for_the_same_are_read(evaluation, column):
    count = evaluation.columns[column]

    assert count.tp >= 6
    assert count.recall >= LEAST_RECALL[column]
    assert count.precision >= LEAST_PRECISION.get(column, 0.94)


def test_what_only_sounds_like_it_is_left_alone(evaluation):
    assert evaluation.out_of_scope > 150
    assert sum(evaluation.base.values()) <= evaluation.out_of_scope / 25
