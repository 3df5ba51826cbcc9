"""Technology that watches, identifies, tracks or intercepts people: mentions in a record, without a judgement."""

import re

from audits.facts.technology.record_words import has_words, text_holds_any
from audits.facts.technology.systems.public_space import stands_in_public_space
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import in_lots
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import BOTH, STRONG, WEAK, Mention
from audits.matching.purchases.scope import SURVEILLANCE, WATCHING, Company
from audits.matching.texts.normalize import fold

# Cameras, or a camera circuit, without a word for watching. Where an event is filmed, they watch nobody.
_CIRCUIT = re.compile(r"(?:cctv|cftv|circuito|closed|(?:\w{3,20} (?:de )?)?cam[ae]ras?\Z)")
# A drone that patrols watches people.
_PATROLS = re.compile(r"\b(?:patrols?|patrolling|patrull\w+|patrulh\w+)\b")
# Words for monitoring only.
_MONITORS = re.compile(r"monitor")
_FILMS = re.compile(r"cam(?:ar|er)|cctv|cftv|video|visual")
# Body features that identify a person. Needed because access control at a door may use cards instead.
_OF_BODY = re.compile(r"biometr|dactil|digita|facia|finger|huell|iris|rost")

# Concepts that confirm that something is meant to watch people; a word for watching confirms cameras and drones only.
_BACKING = (
    "command_centre",
    "security_body",
    "police_integration",
    "city_platform",
    "surveillance_product",
)


# Words for a room or building directly after the technology it is named after ("biometric system office"). A room for
# watching cameras ("sala de monitoreo", "CCTV room") is not in the list, because it contains the cameras.
_ROOM_AFTER = re.compile(r" (?:systems? )?(?:offices?|blocks?|buildings?|sheds?)\b")
_BUILT = re.compile(r"\b(?:construction|construccion|construcao)\b")
# Words that equipment is supplied or installed, or a number of items; four digits are a year.
_EQUIPPED = re.compile(
    r"\b(?:ad?qui[sr]\w+|aparelha\w+|cameras?|camaras?|commission\w+|compra\w*|dotac\w+|equip\w+|fornec\w+|furnish\w+|"
    r"install?a\w+|monta\w+|procure\w*|provision\w*|puesta en|purchas\w+|suministr\w+|suppl\w+|\d{2,3})\b"
)
_REACH = 40


@cached_fact
def surveillance(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions that show technology which watches, identifies, tracks or intercepts people.

    Ambiguous words ("cámaras", "vigilancia") count only if the record also has another such word, a command centre, a
    security body or a surveillance product.
    """
    sure = _of_people(dossier, _without_filming(dossier, _without_rooms(dossier, dossier.mentions_of(*SURVEILLANCE))))
    if sure:
        return sure
    is_coded = any(place.is_code and place.sector == "surveillance" for place in dossier.scope.evidence)
    return (dossier.mentions_of("surveillance_product") if is_coded else ()) or _ambiguous(dossier)


def _ambiguous(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the ambiguous words and drones, if something else in the record confirms them."""
    maybe = _of_people(dossier, dossier.mentions_of(*SURVEILLANCE, strengths=(WEAK,)))
    if not any(_OF_BODY.search(fold(found.written).text) for found in maybe if found.concept == "biometric_id"):
        maybe = tuple(found for found in maybe if found.concept != "biometric_id")
    vehicles = Company(dossier.mentions_of("vehicle"))
    located = tuple(found for found in maybe if found.concept == "location_tracking" and vehicles.makes_sure_of(found))
    if located:
        return located
    drones = dossier.mentions_of("drone", strengths=BOTH)
    if len({found.term for found in maybe}) > 1 or ((maybe or drones) and _is_backed(dossier, maybe, drones)):
        return (*maybe, *drones)
    # Film makers and land surveyors also use cameras, GPS and drones, so these do not confirm each other.
    watches = any(found.strength == STRONG and "vigil" in found.written.lower() for found in drones)
    return (*maybe, *drones) if watches else ()


def _is_backed(dossier: Dossier, maybe: tuple[Mention, ...], drones: tuple[Mention, ...]) -> bool:
    films = any(found.concept in WATCHING for found in maybe)
    backing = dossier.mentions_of(*_BACKING, *(("monitoring_word",) if films else ()))
    # "Seguridad electrónica" does not confirm itself by a word within it; "sistema de vigilancia" does.
    return any(
        "vigil" in found.written.lower() or not any(other.contains(found) for other in maybe) for found in backing
    ) or (bool(drones) and _watches_from_above(dossier))


def _of_people(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Return the mentions without ambiguous words in a laboratory context and without disease surveillance systems."""
    return tuple(
        mention
        for mention in found
        if mention.concept not in WATCHING
        or not (
            text_holds_any(dossier, mention.path, "laboratory") and dossier.leaves_out(mention, "of_laboratory")
            if mention.strength == WEAK or mention.concept == "lpr"
            else _watches(mention) and has_words(dossier, "illness") and dossier.leaves_out(mention, "of_illness")
        )
    )


def _watches(mention: Mention) -> bool:
    """Return whether the words name surveillance ("surveillance system") but no camera."""
    return mention.concept == "video_surveillance" and not _FILMS.search(fold(mention.written).text)


def _watches_from_above(dossier: Dossier) -> bool:
    """Return whether drones are meant to watch people; "monitoring" alone may be of crops, dams or rivers."""
    words = dossier.mentions_of("monitoring_word")
    return (
        has_words(dossier, _PATROLS)
        or any(not _MONITORS.match(fold(word.written).text) for word in words)
        or (bool(words) and any(text_holds_any(dossier, word.path, "people_filmed") for word in words))
    )


def _without_filming(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """
    Return the mentions without cameras and circuits that film or stream an event ("streaming de eventos").

    Words that name watching ("videovigilancia") stay, and so do cameras near streets or with a word for watching.
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
    """Return the mentions without names of rooms that are only built: "construction of biometric system office"."""
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
