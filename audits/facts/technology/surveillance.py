"""
Technology that watches, identifies, tracks or intercepts people, as the words of a record show it.

It returns mentions, and judges nothing.
"""

import re

from audits.facts.technology.public_space import stands_in_public_space
from audits.facts.technology.record_words import has_words, text_holds_any
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import in_lots
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import BOTH, STRONG, WEAK, Mention
from audits.matching.normalize import fold
from audits.matching.scope import IDENTIFICATION, INTRUSION, WATCHING, Company
from audits.matching.words import ILLNESS, LABORATORY, PEOPLE_FILMED

# Cameras, or a circuit of them, that no word calls for watching; where an event is filmed they watch nobody.
_CIRCUIT = re.compile(r"(?:cctv|cftv|circuito|closed|(?:\w{3,20} (?:de )?)?cam[ae]ras?\Z)")
# Who patrols from above watches people.
_PATROLS = re.compile(r"\b(?:patrols?|patrolling|patrull\w+|patrulh\w+)\b")
# Monitoring alone.
_MONITORS = re.compile(r"monitor")
_FILMS = re.compile(r"cam(?:ar|er)|cctv|cftv|video|visual")
# What of a body identifies it: the control of a door may go by cards.
_OF_BODY = re.compile(r"biometr|dactil|digita|facia|finger|huell|iris|rost")

SURVEILLANCE = (*IDENTIFICATION, *INTRUSION, *WATCHING)
# What tells that something is meant to watch people; a word for watching says so of cameras and drones alone.
_BACKING = (
    "command_centre",
    "security_body",
    "police_integration",
    "city_platform",
    "surveillance_product",
)


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


@cached_fact
def surveillance(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions that show technology which watches, identifies, tracks or intercepts people.

    Words that may mean other things ("cámaras", "vigilancia") count if another of them, a command centre, a security
    body or a product for surveillance stands beside them.
    """
    sure = _of_people(dossier, _without_filming(dossier, _without_rooms(dossier, dossier.mentions_of(*SURVEILLANCE))))
    if sure:
        return sure
    if any(place.is_code and place.sector == "surveillance" for place in dossier.scope.evidence):
        named_products = dossier.mentions_of("surveillance_product")
        if named_products:
            return named_products
    maybe = _of_people(dossier, dossier.mentions_of(*SURVEILLANCE, strengths=(WEAK,)))
    if not any(_OF_BODY.search(fold(found.written).text) for found in maybe if found.concept == "biometric_id"):
        maybe = tuple(found for found in maybe if found.concept != "biometric_id")
    vehicles = Company(dossier.mentions_of("vehicle"))
    located = tuple(found for found in maybe if found.concept == "location_tracking" and vehicles.makes_sure_of(found))
    if located:
        return located
    drones = dossier.mentions_of("drone", strengths=BOTH)
    films = any(found.concept in WATCHING for found in maybe)
    backing = [
        found
        for found in dossier.mentions_of(*_BACKING, *(("monitoring_word",) if films else ()))
        # "Seguridad electrónica" backs itself by no word of it, "sistema de vigilancia" does.
        if "vigil" in found.written.lower() or not any(holds(other, found) for other in maybe)
    ]
    is_backed = bool(backing) or (bool(drones) and _watches_from_above(dossier))
    if len({found.term for found in maybe}) > 1 or ((maybe or drones) and is_backed):
        return (*maybe, *drones)
    # Who films and who surveys land has cameras, GPS and drones too: neither tells that the other watches anybody.
    watches = any(found.strength == STRONG and "vigil" in found.written.lower() for found in drones)
    return (*maybe, *drones) if watches else ()


def _of_people(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out what a laboratory has where words may mean other things, and systems that watch illness."""
    return tuple(
        mention
        for mention in found
        if mention.concept not in WATCHING
        or not (
            text_holds_any(dossier, mention.path, LABORATORY) and dossier.leaves_out(mention, "of_laboratory")
            if mention.strength == WEAK or mention.concept == "lpr"
            else _watches(mention) and has_words(dossier, ILLNESS) and dossier.leaves_out(mention, "of_illness")
        )
    )


def _watches(mention: Mention) -> bool:
    """Return whether words are of watching alone ("surveillance system"), and of no camera."""
    return mention.concept == "video_surveillance" and not _FILMS.search(fold(mention.written).text)


def holds(mention: Mention, part: Mention) -> bool:
    """Return whether a mention holds another one, or is at its place."""
    return mention.path == part.path and mention.start <= part.start and part.end <= mention.end


def _watches_from_above(dossier: Dossier) -> bool:
    """Return whether drones are there to watch people: what is monitored alone may be crops, dams and rivers too."""
    words = dossier.mentions_of("monitoring_word")
    return (
        has_words(dossier, _PATROLS)
        or any(not _MONITORS.match(fold(word.written).text) for word in words)
        or (bool(words) and any(text_holds_any(dossier, word.path, PEOPLE_FILMED) for word in words))
    )


def _without_filming(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """
    Leave out cameras and circuits where an event is filmed or sent out ("streaming de eventos"): nobody is watched.

    What watches by its name ("videovigilancia") stays, and so does what stands beside streets or a word for watching.
    """
    filmed = dossier.mentions_of("filming")
    if not filmed or dossier.mentions_of("monitoring_word"):
        return found
    return tuple(
        mention
        for mention in found
        if not (
            _CIRCUIT.match(fold(mention.written).text)
            and in_lots(mention, filmed)
            and not stands_in_public_space(dossier, mention)
            and dossier.leaves_out(mention, "filmed_event")
        )
    )


def _without_rooms(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Leave out what rooms are named after where these alone are built: "construction of biometric system office"."""
    return tuple(
        mention for mention in found if not (_is_room(dossier, mention) and dossier.leaves_out(mention, "named_room"))
    )


def _is_room(dossier: Dossier, mention: Mention) -> bool:
    if mention.concept != "biometric_id" or not _is_built_alone(dossier, dossier.folded_text_of(mention)):
        return False
    return bool(_ROOM_AFTER.match(dossier.folded_after(mention, _REACH)))


@cached_fact
def _is_built_alone(_: Dossier, text: str) -> bool:
    return bool(_BUILT.search(text)) and not _EQUIPPED.search(text)
