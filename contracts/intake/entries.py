"""The entries of a submission, read as a stream: by the worker, and by the preview before a receipt is given."""

from collections.abc import Callable, Iterator

from contracts.intake.dating import date_problem
from contracts.intake.receiving import gate_limits
from contracts.intake.report import Entry
from contracts.models import Submission
from contracts.ocds.document import encode
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.reading import Received, read_releases, read_value
from contracts.ocds.simple import read_simple
from contracts.ocds.simple_warnings import simple_warnings


def read_entries(
    open_text: Callable[[list[Problem]], Iterator[bytes]],
    kind: str,
    *,
    bound: Callable[[Iterator[bytes]], Iterator[bytes]] = iter,
) -> Iterator[Entry]:
    """
    Yield releases, packages and problems of a submission, and what was understood of a simple contract.

    :param open_text: yields its text as UTF-8, and adds to a list a problem for each guess at the encoding
    :param kind: one of ``Submission.Kind``
    :param bound: wraps the stream of its text, to end it early
    """
    guessed: list[Problem] = []
    chunks = bound(open_text(guessed))
    if kind == Submission.Kind.SIMPLE_CONTRACT:
        try:
            contract = read_value(chunks, gate_limits())
            simple = read_simple(contract)
        except RefusedError as refusal:
            yield from (*guessed, *refusal.problems)
            return
        yield from simple.understood
        guessed += simple_warnings(contract)
        chunks = iter([encode(simple.release)])
    for entry in read_releases(chunks, gate_limits()):
        while guessed:  # filled while the text is read
            yield guessed.pop(0)
        yield entry
        if isinstance(entry, Received) and (problem := date_problem(entry, kind)):
            yield problem
    yield from guessed
