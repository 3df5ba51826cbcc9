"""Technology that looks at a body's own vehicles and staff alone: located fleets, recorded attendance."""

import re
from collections.abc import Iterable

from audits.judging.dossier import Dossier
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.scope import Company

# Who enters is more than staff.
_ENTRY = re.compile(r"\b(?:acces|acess)\w*\b")
# Vehicles within the words for locating ("rastreo de flota"), and what attendance is told by.
_FLEET = re.compile(r"\b(?:flotas?|frotas?|fleets?|vehic\w*|veicul\w*|viaturas?)\b")
_ATTENDANCE = re.compile(
    r"\b(?:asistencia(?! tecnica)|assiduidade|puntualidad|pontualidade|marcacion(?:es)?|marcac(?:ao|oes)|ponto|"
    r"reloj(?:es)?|relogios?|attendance|time clocks?|recursos humanos|human resources|rrhh)\b"
)


def of_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return the mentions of surveillance that are not of the body's own vehicles or staff alone."""
    vehicles = Company(dossier.mentions_of("vehicle"))
    return tuple(mention for mention in found if not _is_own(dossier, mention, vehicles))


def _is_own(dossier: Dossier, mention: Mention, vehicles: Company) -> bool:
    if mention.concept == "location_tracking":
        return vehicles.makes_sure_of(mention) or bool(_FLEET.search(fold(mention.written).text))
    text = fold(dossier.text_of(mention)).text
    return mention.concept == "biometric_id" and bool(_ATTENDANCE.search(text)) and not _ENTRY.search(text)
