"""A dossier with only figures, for rules whose earlier outcome for the same record shows that they need no more."""

from typing import NoReturn

from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ProcessFigures


class UnreadError(Exception):
    """Raised if a rule reads the record, which was not loaded."""


class UnreadDossier(Dossier):
    """
    The figures of a process whose record was not loaded.

    Reading anything else raises ``UnreadError``, so an outcome is the same as with the record.
    """

    def __init__(self, statistics: ProcessFigures) -> None:
        self.statistics = statistics
        self.asides = []

    def __getattr__(self, name: str) -> NoReturn:
        raise UnreadError(name)
