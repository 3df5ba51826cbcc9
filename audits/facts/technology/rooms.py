"""Rooms that are named after technology: where they alone are built, the technology is not bought."""

import re

from audits.judging.dossiers.known_facts import worked_out_once
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention

# What a room is, right after what identifies people and gives it its name ("biometric system office"). A room where
# cameras are looked at ("sala de monitoreo", "CCTV room") is more than walls.
_ROOM_AFTER = re.compile(r" (?:systems? )?(?:offices?|blocks?|buildings?|sheds?)\b")
_BUILT = re.compile(r"\b(?:construction|construccion|construcao)\b")
# What is put into a room, or a number of it; four digits are a year.
_EQUIPPED = re.compile(
    r"\b(?:ad?qui[sr]\w+|aparelha\w+|cameras?|camaras?|commission\w+|compra\w*|dotac\w+|equip\w+|fornec\w+|furnish\w+|"
    r"install?a\w+|monta\w+|procure\w*|provision\w*|puesta en|purchas\w+|suministr\w+|suppl\w+|\d{2,3})\b"
)
_REACH = 40


def without_rooms(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out what rooms are named after where these alone are built: "construction of biometric system office"."""
    return tuple(
        mention for mention in found if not (_is_room(dossier, mention) and dossier.leaves_out(mention, "named_room"))
    )


def _is_room(dossier: Dossier, mention: Mention) -> bool:
    if mention.concept != "biometric_id" or not _is_built_alone(dossier, dossier.folded_text_of(mention)):
        return False
    return bool(_ROOM_AFTER.match(dossier.folded_after(mention, _REACH)))


@worked_out_once
def _is_built_alone(_: Dossier, text: str) -> bool:
    return bool(_BUILT.search(text)) and not _EQUIPPED.search(text)
