"""Guards, where cameras are but what they watch with: people are hired, and no system is bought."""

import re
from collections.abc import Iterable

from audits.facts.technology import WATCHING
from audits.judging.dossier import Dossier
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# "Servicio de seguridad física y vigilancia", "vigilância patrimonial", "manned guarding".
_GUARDING = re.compile(
    r"\b(?:servicios?|servicos?|prestacion|prestacao|contratacion|contratacao|puntos?|puestos?|postos?) "
    r"(?:de(?: un| una| um| uma)? |d[ao]s? )?(?:servicios? de |servicos? de |puntos? de |puestos? de |postos? de )?"
    r"(?:seguridad|vigilancia|seguranca|proteccion)"
    r"(?:,? (?:y|e|o) (?:seguridad|vigilancia|seguranca|proteccion))? ?"
    r"(?:armada|desarmada|fisica|humana|patrimonial|presencial|privada)\b"
    r"|\b(?:guardias?|guardas|vigilantes|agentes) (?:de (?:seguridad|seguranca)|armad[ao]s)\b"
    r"|\b(?:guardiania|manned guarding|security guards?|guarding services?)\b"
)
# Cameras that a text tells of right after guards are theirs; what stands further off is bought beside them.
_REACH = 120


def beside_guards(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return the mentions that are more than the cameras of guards who are hired."""
    return tuple(mention for mention in found if not _is_of_guards(dossier, mention))


def _is_of_guards(dossier: Dossier, mention: Mention) -> bool:
    if mention.concept not in WATCHING:
        return False
    before = dossier.text_of(mention)[max(0, mention.start - _REACH) : mention.start]
    return _GUARDING.search(" ".join(fold(before).text.split())) is not None
