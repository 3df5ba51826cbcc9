"""A dossier of figures alone, for rules that an earlier answer about the same record lets go on from there."""

from typing import NoReturn

from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ProcessFigures


class UnreadError(Exception):
    """A rule asked for the record, which was not read."""


class UnreadDossier(Dossier):
    """
    The figures of a process whose record nobody has read.

    Whatever else a rule asks of it raises ``UnreadError``, so that an answer is the one that the record would give.
    """

    def __init__(self, statistics: ProcessFigures) -> None:
        self.statistics = statistics
        self.asides = []

    def __getattr__(self, name: str) -> NoReturn:
        raise UnreadError(name)
