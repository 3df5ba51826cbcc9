"""
Scope: whether the object of a process is technology that the T-rules cover, and its sectors.

The decision uses what is bought (titles, descriptions, lots, items), by words and classification codes. Buyer and
procedure are irrelevant; the trade of a supplier affects how unambiguous the words must be.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.texts.nearness import Places
from audits.matching.texts.normalize import fold
from contracts.ocds.caching import remembered
from contracts.ocds.parsing.objects import Classification, Item, Text, digits_of

# Sector → the concepts that show it.
_CONCEPTS = {
    "ai": ("artificial_intelligence", "ai_as_a_service", "automated_decision", "data_analytics"),
    "surveillance": (
        "facial_recognition",
        "lpr",
        "video_surveillance",
        "biometric_id",
        "gunshot_detection",
        "predictive_policing",
        "interception",
        "social_media_monitoring",
        "location_tracking",
        "drone",
        "surveillance_product",
    ),
    "telecoms": (
        "5g",
        "ran_core",
        "fibre_backbone",
        "trunked_radio",
        "transport_network",
        "network_equipment",
        "internet_access",
        "radio_communication",
        "satellite_link",
        "telephony",
        "network_product",
    ),
    "cloud": ("data_centre", "server_storage", "cloud", "server_product", "cloud_product"),
    "command_centre": ("command_centre", "city_platform"),
    "digital_identity": ("digital_identity",),
    "software_platform": ("software_platform", "software_product", "software_licence"),
    "cybersecurity": ("cybersecurity", "security_product"),
}
SECTORS = tuple(_CONCEPTS)
SECTOR_OF = {concept: sector for sector, concepts in _CONCEPTS.items() for concept in concepts}

# Texts that describe the object of a process; documents, parties and grounds also describe other things.
OBJECT_PARTS = frozenset({"title", "description", "lot", "item", "classification"})

_DETAIL_PARTS = frozenset({"item", "classification"})
# Minimum share of items, or of their codes, for a sector.
ITEM_SHARE = 0.2
# Maximum distances, in characters, between "vigilancia" and "cámaras", between a word for hosting and a system, and
# between a vehicle and what locates it.
WATCHING_REACH = 40
COMPANY_REACH = 80

# Concepts of surveillance, identification of persons, and intrusion.
WATCHING = ("video_surveillance", "lpr")
IDENTIFICATION = ("facial_recognition", "biometric_id")
INTRUSION = (
    *("gunshot_detection", "interception", "location_tracking", "predictive_policing", "social_media_monitoring"),
)
SURVEILLANCE = (*IDENTIFICATION, *INTRUSION, *WATCHING)
# Words near cameras which show that they watch people: "cámaras para la vigilancia", "cameras for plates and faces".
_WATCHING_WORDS = frozenset({"monitoring_word", "facial_recognition", "lpr"})
# Weak concept → concepts that confirm it, and their maximum distance: "cámaras para la vigilancia", "alojamiento del
# sistema", "GPS para vehículos".
_COMPANY: Mapping[str, tuple[frozenset[str], int]] = {
    "video_surveillance": (_WATCHING_WORDS, WATCHING_REACH),
    "location_tracking": (frozenset({"vehicle"}), COMPANY_REACH),
    **dict.fromkeys(("software_platform", "server_storage"), (frozenset({"hosting_word"}), COMPANY_REACH)),
}
# Mention → the concept that invalidates it: a licence with office equipment or drawing programs, hosting and
# "servidores" with lodging of people, drones and positions with land surveying.
_SPOILED_BY: Mapping[tuple[str, str], str] = {
    ("software_licence", STRONG): "office_technology",
    ("software_licence", WEAK): "office_technology",
    ("cloud", WEAK): "lodging",
    ("server_storage", WEAK): "lodging",
    ("hosting_word", STRONG): "lodging",
    ("drone", STRONG): "surveying",
    ("drone", WEAK): "surveying",
    ("location_tracking", STRONG): "surveying",
    ("location_tracking", WEAK): "surveying",
}
_SPOILERS = frozenset(_SPOILED_BY.values())
# Words near a mention that keep it valid: persons are located or watched during a survey, or a system manages business
# travel.
_DESPITE_SPOILER: Mapping[str, re.Pattern[str]] = {
    "surveying": re.compile(
        r"\b(?:personas?|pessoas?|persons?|people|individu[ao]s|tobiller\w+|tornozeleir\w+|grillet\w+|ankle|"
        r"patrull\w+|patrulh\w+|patrols?|fronter\w+|fronteir\w+|borders?)\b"
    ),
    "lodging": re.compile(
        r"\b(?:aplicativo|plataforma|sistema|software)s? (?:web |informatizad[ao]s? |integrad[ao]s? )?"
        r"(?:hospedad[ao]s? |em nuvem |en la nube )?(?:de|para) (?:a |o )?"
        r"(?:administracion|concessao|control[eo]?|gerenciamento|gestao|gestion|solicitacao)\b"
    ),
}
# Concepts in the same lot that keep it valid: people are watched, or a security body buys.
_WATCHES = frozenset({"monitoring_word", "police_integration", "security_body"})
# Food for a command centre, furniture for a data centre: these name the place, not what is bought.
_PLACES = frozenset({"command_centre", "data_centre"})


class SectorClass(Struct, frozen=True, gc=False):
    """A class of goods or services by its leading digits, with its sector; ``""`` excludes it from a wider class."""

    schemes: tuple[str, ...] = ()
    code: str = ""
    sector: str = ""
    title: str = ""
    source: str = ""


class SectorClasses:
    """The sectors of classification codes, by scheme and leading digits."""

    def __init__(self, rows: Iterable[SectorClass] = ()) -> None:
        self.rows = tuple(sorted(set(rows), key=lambda row: (row.schemes, row.code)))
        self._schemes: dict[str, dict[str, str]] = {}
        for row in self.rows:
            for scheme in row.schemes:
                self._schemes.setdefault(scheme, {})[row.code] = row.sector
        self._sector = remembered(self._by_digits)

    def sector_of(self, classification: Classification) -> str:
        """Return the sector for the longest prefix of a code in the table of its scheme; ``""`` if there is none."""
        scheme = classification.scheme.upper()
        return self._sector(classification.id, scheme) if scheme in self._schemes else ""

    def _by_digits(self, code: str, scheme: str) -> str:
        table, digits = self._schemes[scheme], digits_of(code)
        for length in range(len(digits), 2, -1):
            if digits[:length] in table:
                return table[digits[:length]]
        return ""


class ScopeEvidence(Struct, frozen=True, gc=False):
    """Evidence for a sector: a mention in a text, or a classification code."""

    sector: str
    path: str
    value: str
    start: int | None = None
    end: int | None = None
    note: str = ""
    lot: str = ""
    is_code: bool = False


class Scope(Struct, frozen=True, gc=False):
    """The sectors of a process, in a fixed order, with their evidence; empty if out of scope."""

    sectors: tuple[str, ...] = ()
    evidence: tuple[ScopeEvidence, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sectors)


def decide_scope(
    mentions: Iterable[Mention],
    texts: Iterable[Text],
    items: Iterable[Item],
    classes: SectorClasses,
    is_backed: Callable[[AbstractSet[str]], bool],
    is_for_security: Callable[[], bool],
) -> Scope:
    """
    Return the sectors of a process.

    A strong mention is enough. Weak ones count if the whole notice reads like technology (``is_backed``) or if nearby
    mentions confirm one of them (``Company``). A sector must have a share of ``ITEM_SHARE`` of the items: a cable in
    the construction of a school does not make it a network.

    A command centre or data centre is not a sector if only food, furniture and the like are bought for it.

    :param mentions: the mentions in all texts of the process
    :param texts: all its texts
    :param items: its items, with their classifications
    :param classes: the sectors of classification codes
    :param is_backed: called with the concepts of weak mentions, only if there are no others
    :param is_for_security: whether a security body buys; called only for surveying equipment that may be out of scope
    """
    texts = tuple(texts)
    telling = _telling(
        [found for found in mentions if not found.negated and found.part in OBJECT_PARTS], texts, is_for_security
    )
    plain = [found for found in telling if found.concept == "plain_object"]
    strong = [found for found in telling if found.strength == STRONG and found.concept in SECTOR_OF]
    weak = _weak_terms(telling)
    head = [_by_mention(found) for found in strong if found.part not in _DETAIL_PARTS]
    head += map(_by_mention, _made_sure(weak, telling))
    detail = [_by_mention(found) for found in strong if found.part in _DETAIL_PARTS]
    described = sum(1 for text in texts if text.part in _DETAIL_PARTS)
    coded, codes = _by_codes(items, classes)
    evidence = [*head, *_frequent(detail, described), *_frequent(codes, coded)]
    if weak and not evidence and not plain:
        terms = [found for of_sector in weak.values() for found in of_sector]
        if is_backed({found.concept for found in terms}):
            evidence = [*map(_by_mention, terms)]
    if plain and all(place.note in _PLACES and _is_for(plain, place) for place in evidence):
        return Scope()
    found_sectors = {place.sector for place in evidence}
    return Scope(tuple(sector for sector in SECTORS if sector in found_sectors), tuple(evidence))


def _weak_terms(telling: Iterable[Mention]) -> dict[str, list[Mention]]:
    """Return sector → its weak mentions outside of items; each term and each word once, as languages share words."""
    weak: dict[str, list[Mention]] = {}
    for found in telling:
        if found.strength == STRONG or found.part in _DETAIL_PARTS or found.concept not in SECTOR_OF:
            continue
        kept, word = weak.setdefault(SECTOR_OF[found.concept], []), found.written.casefold()
        if not any(found.term == other.term or word == other.written.casefold() for other in kept):
            kept.append(found)
    return weak


def _made_sure(weak: Mapping[str, list[Mention]], telling: Sequence[Mention]) -> Iterator[Mention]:
    """Yield the weak mentions of the sectors of which one mention has company that confirms it."""
    company = Company(telling if weak else ())
    for sector, terms in weak.items():
        if any(company.makes_sure_of(found) for found in telling if SECTOR_OF.get(found.concept) == sector):
            yield from terms


def _telling(mentions: list[Mention], texts: Iterable[Text], is_for_security: Callable[[], bool]) -> list[Mention]:
    """
    Return mentions without those invalidated by others: "hospedagem" near "café da manhã".

    The two must be close in one text; then other mentions of the same concept in the lot are also invalid.
    """
    spoilers = {
        concept: Places(found for found in mentions if found.concept == concept and found.strength == STRONG)
        for concept in _SPOILERS.intersection(found.concept for found in mentions)
    }
    near = [
        found
        for found in mentions
        if (spoiler := _spoiler_of(found)) in spoilers and spoilers[spoiler].has_near(found, COMPANY_REACH)
    ]
    if not near:
        return mentions
    watched = {found.lot for found in mentions if found.concept in _WATCHES and found.strength == STRONG}
    values = {text.path: text.value for text in texts}

    def is_silent(found: Mention) -> bool:
        spoiler = _spoiler_of(found)
        if spoiler == "surveying" and (_is_in_lots(found.lot, watched) or is_for_security()):
            return False
        around = values.get(found.path, "")[max(0, found.start - COMPANY_REACH) : found.end + COMPANY_REACH]
        return spoiler not in _DESPITE_SPOILER or not _DESPITE_SPOILER[spoiler].search(fold(around).text)

    silent = {found for found in near if is_silent(found)}
    paths = {found.path for found in silent}
    lots: dict[str, set[str]] = {}
    for found in silent:
        lots.setdefault(found.concept, set()).add(found.lot)

    def repeats_silent(found: Mention) -> bool:
        is_elsewhere = found.path not in paths and bool(_spoiler_of(found))
        return is_elsewhere and _is_in_lots(found.lot, lots.get(found.concept, set())) and is_silent(found)

    return [found for found in mentions if found not in silent and not repeats_silent(found)]


def _spoiler_of(found: Mention) -> str:
    return _SPOILED_BY.get((found.concept, found.strength), "")


def _is_in_lots(lot: str, lots: set[str]) -> bool:
    """Return whether ``lot`` is in ``lots``; content without a lot concerns all lots."""
    return bool(lots) and (not lot or "" in lots or lot in lots)


def _is_for(plain: Iterable[Mention], place: ScopeEvidence) -> bool:
    """Return whether a plain object is named before the place that it is for, or in another text."""
    return any(found.path != place.path or found.start < (place.start or 0) for found in plain)


class Company:
    """Words near weak mentions that confirm them: "cámaras para la vigilancia", "GPS para vehículos"."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._mentions = mentions
        self._places: dict[str, Places] = {}

    def makes_sure_of(self, found: Mention) -> bool:
        if found.concept not in _COMPANY:
            return False
        company, reach = _COMPANY[found.concept]
        places = self._places.get(found.concept)
        if places is None:
            places = self._places[found.concept] = Places(word for word in self._mentions if word.concept in company)
        return places.has_near(found, reach)


def _by_codes(items: Iterable[Item], classes: SectorClasses) -> tuple[int, list[ScopeEvidence]]:
    """Return the number of items with a code, and the evidence of those whose code has a sector."""
    coded = 0
    found: list[ScopeEvidence] = []
    for item in items:
        coded += bool(item.classifications)
        for classification in item.classifications:
            sector = classes.sector_of(classification)
            if sector:
                place = f"{classification.path}/id"
                found.append(
                    ScopeEvidence(sector, place, classification.id, note=classification.scheme.upper(), is_code=True)
                )
                break
    return coded, found


def _frequent(evidence: list[ScopeEvidence], total: int) -> list[ScopeEvidence]:
    """Return the evidence of the sectors that have their minimum share of ``total`` places."""
    places: dict[str, set[str]] = {}
    for found in evidence:
        places.setdefault(found.sector, set()).add(found.path)
    return [found for found in evidence if len(places[found.sector]) >= ITEM_SHARE * total]


def _by_mention(found: Mention) -> ScopeEvidence:
    sector = SECTOR_OF[found.concept]
    return ScopeEvidence(sector, found.path, found.written, found.start, found.end, found.concept, found.lot)
