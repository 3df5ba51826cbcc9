"""Facts of a process are computed once, for all rules that read them."""

import pytest

from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.rule.vocabulary import InsufficientDataError
from contracts.ocds.parsing.objects import OrganizationReference, Process


def test_a_fact_is_worked_out_once_for_each_process_and_argument():
    asked = []

    @fact_of_process
    def answer(process: Process, *rest: object) -> int:
        asked.append((process.ocid, *rest))
        return len(asked)

    one, other = Process(path="", ocid="one"), Process(path="", ocid="other")
    first, second = (OrganizationReference(path=f"/awards/0/suppliers/{place}", id="7") for place in range(2))
    answers = [answer(one), answer(one), answer(other), answer(one, first), answer(one, second), answer(one, first)]
    assert answers == [1, 1, 2, 3, 4, 3]
    assert asked == [("one",), ("other",), ("one", first), ("one", second)]


def test_nothing_is_an_answer_and_an_error_is_none():
    asked = []

    @fact_of_process
    def nothing(process: Process) -> None:
        asked.append(process)

    @fact_of_process
    def missing(process: Process) -> None:
        asked.append(process)
        raise InsufficientDataError("/awards")

    process = Process(path="")
    nothing(process)
    nothing(process)
    assert len(asked) == 1
    for _ in range(2):
        with pytest.raises(InsufficientDataError):
            missing(process)
    assert len(asked) == 3
