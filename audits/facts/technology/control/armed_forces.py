"""Networks and drones that armed forces buy for themselves: radios, lines, satellites of bases, ships and units."""

from collections.abc import Mapping
from typing import Any

from audits.facts.methods.small_purchases import is_more_than
from audits.facts.technology.control.linking import LINKING_SECTORS
from audits.facts.technology.record_words import has_words, holds_any, is_called
from audits.facts.technology.security_bodies import security_buyers
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.texts.normalize import fold

# Sectors of what commands, decides or identifies: with these, a purchase is not for the forces alone.
_BEYOND_FORCES = LINKING_SECTORS - {"surveillance", "telecoms"}
# The technology that watches, but is as much a means of the forces as a radio is. Police fly drones over people.
_MEANS_OF_FORCES = frozenset({"drone"})
# Below so many trifles, or at an unknown price, 18 of 47 flags of T02 on such means were right, above it 15 of 18.
_LARGE = 30


def of_forces_alone(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """
    Return the context that armed forces buy a network or drones for themselves, not known to be large; or ``None``.

    They are not for the forces alone if the record or the name of a buyer mentions a duty towards people: police,
    borders, intelligence, rescue.
    """
    buyers = security_buyers(dossier)
    if not buyers or _BEYOND_FORCES.intersection(dossier.sectors):
        return None
    if any(mention.concept not in _MEANS_OF_FORCES for mention in surveillance(dossier)):
        return None
    if not all(holds_any(dossier, fold(str(buyer.value)).text, "armed_force") for buyer in buyers):
        return None
    if is_called(dossier, "duty_to_people") or has_words(dossier, "duty_to_people"):
        return None
    return None if is_more_than(dossier.process, trifles, _LARGE) else Context("of_forces_alone", {})
