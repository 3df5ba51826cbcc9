"""
Links of a security body to other systems: cameras, networks, recordings, analysis, or their files.

A body that merely buys an ordinary system (servers, licences, lines, a door, its own vehicles) is joined with nobody.
"""

import re

from audits.facts.technology.own_use import of_told_others
from audits.facts.technology.staff_lines import are_lines_of_staff
from audits.facts.technology.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.matching.normalize import fold
from audits.matching.scope import ScopeEvidence

# By which others are seen or reached. A body's own servers and licences link nobody.
LINKING_SECTORS = frozenset({"ai", "command_centre", "digital_identity", "surveillance", "telecoms"})
# What links where a civil body buys for one: where its files are, and who guards its networks.
_FOR_BODY = LINKING_SECTORS | {"cloud", "cybersecurity"}
# What links only where a record tells of those whom it knows or finds: doors and a body's own vehicles have it too.
_OF_PEOPLE = frozenset({"biometric_id", "location_tracking"})
# By which the staff of an office sign.
_CERTIFICATE = re.compile(r"\b(?:certific|tokens?\b)")


def links_others(dossier: Dossier, *, is_for_body: bool = False) -> bool:
    """
    Tell whether technology that is bought links a security body with people or other bodies.

    :param is_for_body: whether a civil body buys it for the security body
    """
    sectors = _FOR_BODY if is_for_body else LINKING_SECTORS
    places = [place for place in dossier.scope.evidence if place.sector in sectors]
    return any(_knows_or_joins(dossier, place) for place in places) and not are_lines_of_staff(dossier)


def _knows_or_joins(dossier: Dossier, place: ScopeEvidence) -> bool:
    if _CERTIFICATE.search(fold(place.value).text):
        return False
    return place.note not in _OF_PEOPLE or any(
        found.concept == place.note for found in of_told_others(dossier, surveillance(dossier))
    )
