"""The frozen input of rules about organizations, and its digest."""

import hashlib
from dataclasses import dataclass
from typing import Any, ClassVar

from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.rule.vocabulary import InsufficientDataError
from contracts.ocds.gate.document import encode


@dataclass(frozen=True, slots=True)
class OrganizationDossier:
    """
    All that a rule may know about one organization: its identity, and figures over its processes.

    ``roles`` are its OCDS roles in any process. ``statistics`` is computed elsewhere
    (``audits.statistics.organizations``).
    """

    key: str
    name: str
    country: str
    roles: frozenset[str]
    statistics: OrganizationFigures
    # No exclusion leaves anything out of a sum.
    asides: ClassVar[tuple[()]] = ()

    @property
    def subject(self) -> str:
        """Return the key of the organization."""
        return self.key

    @property
    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, of all input of a rule."""
        known = [self.key, self.name, self.country, sorted(self.roles), self.statistics]
        return hashlib.sha256(encode(known)).hexdigest()

    def statistic(self, name: str) -> Any:
        """Return a figure; raises InsufficientDataError if it was not computed."""
        figures = getattr(self.statistics, name)
        if figures is None:
            raise InsufficientDataError(f"statistics/{name}", "not_computed", name=name)
        return figures
