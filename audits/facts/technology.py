"""
What several rules read alike from a dossier: the object, surveillance, suppliers, hosting.

Each reading returns evidence. None of them judges.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

from audits.facts.rooms import without_rooms
from audits.facts.stages import is_called_off
from audits.facts.told import tells
from audits.judging.dossier import NO_TEXT, PAGE, Dossier
from audits.judging.known_facts import worked_out_once
from audits.judging.vocabulary import Evidence, Finding, InsufficientDataError, NotApplicableError, Withheld
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.normalize import fold
from audits.matching.reference import VENDORS
from audits.matching.scope import OBJECT_PARTS, Company
from audits.matching.watchlist import NameMention, PartyMatch
from contracts.ocds.codes import NON_COMPETITIVE
from contracts.ocds.views import Text

BOTH = (STRONG, WEAK)
GROUND_PARTS = frozenset({"method", "rationale"})
MONEY_PARTS = frozenset({"budget"})
PAPER_PARTS = frozenset({"document", "amendment", "criteria", PAGE})
WORDS_OF_RECORD = OBJECT_PARTS | GROUND_PARTS | MONEY_PARTS | PAPER_PARTS

# Cameras in a circuit; where an event is filmed they watch nobody.
_CIRCUIT = re.compile(r"(?:cctv|circuito|closed)")
# Monitoring alone, and whom a text tells of where it watches people.
_MONITORS = re.compile(r"monitor")
_OF_PEOPLE = re.compile(
    r"\b(?:asentamientos?|barrios?|beach(?:es)?|borders?|ciuda\w+|cidad\w+|crim(?:e|es|inal\w*)|crowds?|delincuen\w+|"
    r"delitos?|eventos|fronter\w+|fronteir\w+|huelgas?|invasion\w*|invasoes|manifesta\w+|migra\w+|multitud\w*|"
    r"patrull\w+|patrulh\w+|patrols?|people|personas?|pessoas?|playas?|praias?|protest\w*|streets?|"
    r"traf(?:fic|ico|ego)|transito|vecin\w+|vehic\w+|veic\w+|vias|visitantes)\b"
)
# Apparatus of laboratories, beside which plates are of glass and cameras look into microscopes; and illness, which is
# watched by no camera.
_OF_LABORATORY = re.compile(r"\b(?:centrifug|espectr?ofotom|espectromet|microscop|spectro(?:met|phot))")
_OF_ILLNESS = re.compile(
    r"\b(?:diseases?|doencas?|enfermedades|epidemi\w+|infeccios\w+|infectious|pathogens?|patogenos?|wastewater)\b"
)
_FILMS = re.compile(r"cam(?:ar|er)|cctv|cftv|video|visual")
# What of a body identifies it: the control of a door may go by cards.
_OF_BODY = re.compile(r"biometr|dactil|digita|facia|finger|huell|iris|rost")
# Lengths at which columns of tables end, in characters, and how a whole text ends.
_LIMITS = frozenset({140, 150, 200, 250, 254, 255, 256, 300, 400, 500, 512, 600, 1000, 1024, 2000, 2048, 4000, 4096})
_ENDS = (".", "!", "?", ")", "]", '"', "”", "»")

# How sure a match of a party must be, from 0 to 100, to be cited.
SURE = 80

IDENTIFICATION = ("facial_recognition", "biometric_id")
INTRUSION = ("interception", "predictive_policing", "social_media_monitoring", "location_tracking")
WATCHING = ("video_surveillance", "lpr")
SURVEILLANCE = (*IDENTIFICATION, *INTRUSION, *WATCHING)
CORE_NETWORK = ("5g", "ran_core", "fibre_backbone", "trunked_radio", "transport_network")
# What tells that something is meant to watch people; a word for watching says so of cameras and drones alone.
_BACKING = (
    "command_centre",
    "security_body",
    "police_integration",
    "city_platform",
    "surveillance_product",
)
# Technology by which others are seen or reached. A body's own servers and licences link nobody.
LINKING_SECTORS = frozenset({"ai", "surveillance", "telecoms", "command_centre", "digital_identity"})
HOSTED = ("cloud", "cloud_product", "ai_as_a_service")
PRODUCTS = (
    "proprietary_product",
    "network_product",
    "software_product",
    "server_product",
    "security_product",
    "cloud_product",
    "surveillance_product",
)


def require_scope(dossier: Dossier) -> None:
    """
    Let pass only what the T-rules are about.

    :raises InsufficientDataError: if no text says what is bought
    :raises NotApplicableError: if no text speaks of technology in scope, or if all of the purchase was called off
    """
    refusal = _refusal(dossier)
    if refusal is not None:
        raise refusal.with_traceback(None)  # else it would keep the way to each rule that it was raised in


@worked_out_once  # all T-rules ask it
def _refusal(dossier: Dossier) -> NotApplicableError | InsufficientDataError | None:
    """Return why the T-rules are not asked, see ``require_scope``; ``None`` if they are."""
    if not dossier.scope:
        reason = dossier.unread
        if reason:
            return InsufficientDataError("/tender/title" if reason == NO_TEXT else "/language", reason)
        return NotApplicableError("not_in_scope")
    if dossier.process.stages() and is_called_off(dossier.process):
        return NotApplicableError("called_off")
    return None


@worked_out_once
def surveillance(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions that show technology which watches, identifies, tracks or intercepts people.

    Words that may mean other things ("cámaras", "vigilancia") count if another of them, a command centre, a security
    body or a product for surveillance stands beside them.
    """
    sure = _of_people(dossier, _without_filming(dossier, without_rooms(dossier, dossier.mentions_of(*SURVEILLANCE))))
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
            _OF_LABORATORY.search(dossier.folded_text_of(mention))
            if mention.strength == WEAK
            else _watches(mention) and tells(dossier, _OF_ILLNESS)
        )
    )


def _watches(mention: Mention) -> bool:
    """Tell whether words are of watching alone ("surveillance system"), and of no camera."""
    return mention.concept == "video_surveillance" and not _FILMS.search(fold(mention.written).text)


def holds(mention: Mention, part: Mention) -> bool:
    """Tell whether a mention holds another one, or is at its place."""
    return mention.path == part.path and mention.start <= part.start and part.end <= mention.end


def _watches_from_above(dossier: Dossier) -> bool:
    """Tell whether drones are there to watch people: what is monitored alone may be crops, dams and rivers too."""
    words = dossier.mentions_of("monitoring_word")
    return any(not _MONITORS.match(fold(word.written).text) for word in words) or (
        bool(words) and any(_OF_PEOPLE.search(dossier.folded_text_of(word)) for word in words)
    )


def _without_filming(dossier: Dossier, found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """
    Leave out closed circuits where an event is filmed or sent out ("streaming de eventos"): nobody is watched.

    What watches by its name ("videovigilancia") stays, and everything stays beside a word for watching.
    """
    filmed = dossier.mentions_of("filming")
    if not filmed or dossier.mentions_of("monitoring_word"):
        return found
    return tuple(
        mention for mention in found if not (_CIRCUIT.match(fold(mention.written).text) and in_lots(mention, filmed))
    )


class _OfLot(Protocol):
    @property
    def lot(self) -> str: ...


def in_lots(one: _OfLot, others: Iterable[_OfLot]) -> bool:
    """Tell whether one of ``others`` is about the lot of ``one``; what is about no lot is about all of them."""
    return any(not one.lot or not other.lot or one.lot == other.lot for other in others)


def about_technology(dossier: Dossier, places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the places that are in a lot with technology, or in no lot."""
    lots = {text.path: text.lot for text in dossier.texts}
    known = {place.lot for place in dossier.scope.evidence}
    return tuple(place for place in places if "" in known or lots.get(place.path, "") in {"", *known})


def supplier_matches(dossier: Dossier) -> tuple[PartyMatch, ...]:
    """Return the listed vendors among suppliers."""
    return tuple(
        match
        for match in dossier.matches
        if match.entry.watchlist == VENDORS and match.value >= SURE and "supplier" in match.roles
    )


def vendor_names(dossier: Dossier, parts: Iterable[str] = WORDS_OF_RECORD) -> tuple[NameMention, ...]:
    """Return the listed vendors that the words of the record name."""
    wanted = set(parts)
    return tuple(
        name for name in dossier.names if name.entry.watchlist == VENDORS and not name.negated and name.part in wanted
    )


def party_evidence(match: PartyMatch) -> Evidence:
    """Return a matched party as evidence: its name, and what of the list it matched, with the match value."""
    note = f"{match.entry.name}: {match.alias} ({match.value})"
    return Evidence(f"{match.path}/name", match.name, match.name, note=note)


def is_direct(dossier: Dossier) -> list[Evidence]:
    """Return the places that say that competition was limited or absent."""
    tender = dossier.process.tender
    found = []
    if tender.method in NON_COMPETITIVE:
        found.append(Evidence(f"{tender.path}/procurementMethod", tender.method, note="procurementMethod"))
    found.extend(
        dossier.evidence(mention)
        for mention in dossier.mentions_of(
            "direct_route", "special_regime", "exclusivity", parts=GROUND_PARTS | OBJECT_PARTS
        )
    )
    return found


def readable_text(dossier: Dossier, about: Iterable[Mention]) -> tuple[Text, ...]:
    """
    Return the texts that say more than a title: descriptions, items, lots, documents, criteria, grounds.

    :param about: only texts that may be about the lots of these mentions, in a language that can be read
    """
    about = tuple(about)
    return tuple(
        text
        for text in dossier.texts
        if text.part in WORDS_OF_RECORD - {"title", "classification"}
        and in_lots(text, about)
        and dossier.is_readable(text)
    )


def is_cut(text: str) -> bool:
    """Tell whether a text ends in the middle at a length at which tables cut texts."""
    return len(text) in _LIMITS and not text.rstrip().endswith(_ENDS)


def named(mentions: Iterable[Mention]) -> str:
    """Return what the mentions are, as written, each once, for a sentence, the strongest first."""
    return _joined(mention.written for mention in strongest_first(mentions))


def named_evidence(places: Iterable[Evidence]) -> str:
    """Return the words that the evidence marks, each once, for a sentence."""
    return _joined(
        str(place.value)[place.start : place.end] if place.start is not None else str(place.value) for place in places
    )


def _joined(words: Iterable[str]) -> str:
    seen: dict[str, str] = {}
    for word in words:
        clean = " ".join(word.split())
        seen.setdefault(clean.casefold(), clean)
    shown = list(seen.values())
    return ", ".join(shown[:4]) + (" …" if len(shown) > 4 else "")


def left_out(found: tuple[str, Evidence] | None) -> Iterator[Finding]:
    """
    Yield what an exclusion of a rule sets aside: a finding that is withheld, and tells its passage.

    :param found: the code of the exclusion, a reason of the rule, and the place
    """
    if found:
        reason, place = found
        words = {"words": named_evidence([place])}
        yield Finding(evidence=(place,), values=words, withheld=Withheld(reason, {"words": place.passage}))


def first_of_each(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Yield the first mention of each concept and term, the strongest first: five repetitions are one piece."""
    seen: set[tuple[str, str]] = set()
    for mention in strongest_first(mentions):
        if (mention.concept, mention.term) not in seen:
            seen.add((mention.concept, mention.term))
            yield mention


def strongest_first(mentions: Iterable[Mention]) -> list[Mention]:
    """Return mentions in their order, but what names or intrudes on people first, and what only may mean it last."""
    return sorted(
        mentions,
        key=lambda mention: (mention.strength != STRONG, mention.concept not in {*IDENTIFICATION, *INTRUSION}),
    )
