"""
Position of a mention in a record: at the head of a title, only once, late, or among other things.

The thing at the head is what is bought. The ``mentioned_…`` functions find the other positions. Reviewers found that
flags based on these were right too seldom, so rules report them as context and raise no flag.
"""

import re
from collections.abc import Collection, Iterable
from textwrap import shorten

from audits.facts.methods.grounds import is_direct
from audits.facts.technology.record_words import holds_any
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import WITHHELD_READING, Context, Evidence
from audits.matching.lexicon import Mention
from audits.matching.purchases.scope import ScopeEvidence
from audits.matching.texts.normalize import fold
from contracts.ocds.parsing.objects import Text

# Marks at the start of a list entry, and the minimum number of entries of a long list.
_ENTRY = re.compile(r"(?:[;•▪●]|(?<!\w)\(?[a-z]\)|\n[ \t]?[-*])")
LIST_ENTRIES = 6
# Installations of buildings and streets. Cameras are one more installation if a word for works and at least
# ``BUILT_IN`` kinds of installations, distinguished by their first letters, are within ``_WORKS_REACH`` characters.
_BUILT_IN = re.compile(
    r"\b(?:air condition|aire acondicionado|alcantaril|ar condicionado|climati|dados|datos|drain|drena|el[ec]+tric|"
    r"esgot|fire|gas\b|hidr|hvac|ilumina|incendi|lighting|logica\b|paviment|plumbing|sanitari|sewer|spda\b|telefon|telephon|"
    r"terraplan|topogra)"
)
BUILT_IN = 3
_KIND_LETTERS = 4
_WORKS_REACH = 250
# Separators of a list. In a title about access, cameras and readers after ``OTHERS`` other things belong to a
# building.
_JOINT = re.compile(r"[,;+/]| (?:y|e|and) ")
_ACCESS = re.compile(r"\b(?:acc?esos?|access)\b")
OTHERS = 3
# A thing named only in a description, and only after so many characters, is seldom what is bought.
FIRST_WORDS = 300
# What is bought begins within so many characters after its introduction, "contratação de empresa especializada para".
HEAD = 70
_TITLE, _DESCRIPTION = "/tender/title", "/tender/description"
_ITEMS = "/items/"
# Network equipment; its weak words include "red" and "comunicación".
_NETWORK = "network_equipment"
# A list of three or more activities on one thing, up to its "of": "diseño, suministro y puesta a punto de una red".
# The first activity may have four words, the last three.
_WORD = r"(?!(?:y|e|and)\b)\w{1,30}+"
_LISTED_WORK = re.compile(
    rf"{_WORD}(?: {_WORD}){{0,3}}+, ?(?:{_WORD}, ?){{0,12}}+(?:{_WORD} )?(?:y|e|and) {_WORD}(?: {_WORD}){{0,2}}? "
    r"(?:d[aeo]|del|of) ",
    re.IGNORECASE,
)
# Words between a thing and its purpose or subject: "obras para la videovigilancia", "auditoría del proyecto de …".
_FOR = re.compile(
    r"\b(?:about|en el marco|enmarcad[ao]s?|for|no ambito|para|pro[jy]ecto|project|projeto|regarding|sobre)\b"
)
# Maximum number of characters of such a thing that are quoted.
_WORDS = 100
# Probability from which a record is surely about technology, and below which it hardly is.
SURELY = 0.95
_HARDLY = 0.5


def mentioned_beside(dossier: Dossier, mentions: Collection[Mention]) -> Context | None:
    """
    Return the context that technology is only mentioned among other things that are bought; or ``None``.

    - It is one of several installations of works, or of their design ("elétrica, esgoto, CFTV").
    - It comes after ``OTHERS`` other things of a list, in a title about access ("alarms, locks, doors, CCTV").
    - Only one description names it, as an entry of a long list, "(e) projectors; (f) CCTV systems; …": the list has
      at least ``LIST_ENTRIES`` entries, and at least ``LIST_ENTRIES`` for each mention.
    - Only descriptions mention it, after the first ``FIRST_WORDS`` characters, and there is a title.
    """
    built_in = min((_built_in_around(dossier, mention) for mention in mentions), default=0)
    if built_in >= BUILT_IN:
        return Context("list_entry", {"number": built_in + 1})
    others = _listed_before(dossier, mentions)
    if others >= OTHERS:
        return Context("list_entry", {"number": others + 1})
    if any(mention.part not in {"description", "lot"} or mention.path.endswith("title") for mention in mentions):
        return None
    paths = {mention.path for mention in mentions}
    if len(paths) == 1:
        entries = len(_ENTRY.findall(dossier.by_path[min(paths)]))
        if entries >= LIST_ENTRIES * max(1, len(mentions)):
            return Context("list_entry", {"number": entries})
    return mentioned_late(dossier, mentions)


def mentioned_late(dossier: Dossier, places: Iterable[Mention | Evidence | ScopeEvidence]) -> Context | None:
    """Return the context that ``places`` are only in descriptions, after their first words; or ``None``."""
    is_late = all(place.path.endswith("/description") and (place.start or 0) >= FIRST_WORDS for place in places)
    return Context("told_late", {}) if is_late and any(text.path == _TITLE for text in dossier.texts) else None


def mentioned_in_items(dossier: Dossier, mentions: Iterable[Mention]) -> Context | None:
    """
    Return the context that only items of a record with a title contain ``mentions``; or ``None``.

    Publishers often describe an item by the name of its class: "Software, Microcomputer, Including Cloud Based".
    """
    is_in_items = all(_ITEMS in mention.path for mention in mentions)
    return Context("told_in_items", {}) if is_in_items and any(text.path == _TITLE for text in dossier.texts) else None


def mentioned_behind(dossier: Dossier, places: Iterable[Mention | Evidence | ScopeEvidence]) -> Context | None:
    """Return the context that title and description begin with something other than ``places``; or ``None``."""
    begins = _beginnings(dossier)
    is_behind = _TITLE in begins and all(
        place.path in begins and (place.start or 0) >= begins[place.path] + HEAD for place in places
    )
    return Context("told_behind", {}) if is_behind else None


def mentioned_as_purpose(dossier: Dossier, besides: Collection[Evidence]) -> Context | None:
    """
    Return the context that title and description begin with another thing, which is for technology; or ``None``.

    :param besides: other mentions; if one precedes the technology in its text, as in "X has received a loan for the
        supply of …", the result is ``None``
    """
    begins = _beginnings(dossier)
    things = []
    for place in dossier.scope.evidence:
        begin, start = begins.get(place.path), place.start or 0
        if begin is None or any(other.path == place.path and (other.start or 0) < start for other in besides):
            return None
        thing = _thing_before(dossier, dossier.by_path[place.path][begin:start])
        if not thing:
            return None
        things.append(thing)
    return Context("told_for", {"words": things[0]}) if things else None


def _thing_before(dossier: Dossier, before: str) -> str:
    """Return the thing at the head of a text that is for what follows; ``""`` if it is technology or there is none."""
    folded, heads = fold(before), dossier.reference.heads
    joints = list(_FOR.finditer(folded.text))
    if not joints or heads.mentions_buying(folded.text):
        return ""
    thing = folded.text[: joints[-1].start()]
    if heads.names_technology(thing) or not heads.names_thing(thing):
        return ""
    return shorten(before[: folded.written(joints[-1].start())], _WORDS, placeholder="…")


def mentioned_doubtfully(dossier: Dossier) -> Context | None:
    """
    Return the context that technology comes after what is bought, in a record hardly about technology; or ``None``.

    A code that classifies the record as technology removes the doubt, so the result is then ``None``.
    """
    is_behind = reads_below(dossier, _HARDLY) and mentioned_behind(dossier, dossier.scope.evidence)
    return Context("told_in_doubt", {}) if is_behind else None


def reads_otherwise(dossier: Dossier) -> Context | None:
    """
    Return the context that the record as a whole hardly reads like technology; or ``None``.

    A code that classifies the record as technology removes the doubt. For rules that ask what is bought: of 30 such
    flags of eight readings 4 were right and 23 wrong. Flags on who buys, pays or connects were right as often as
    elsewhere, and so were those that rest on the names of products.
    """
    reading = dossier.reading
    if reading is None or not reads_below(dossier, _HARDLY):
        return None
    return Context("reads_otherwise", {"probability": reading.probability, "words": ", ".join(reading.words)})


def mentioned_vaguely(dossier: Dossier, *, doubted: float = 0.0) -> Context | None:
    """
    Return the context that only ambiguous words for networks and communication mention technology; or ``None``.

    :param doubted: probability (0 to 1) of technology below which strong words are treated as ambiguous too
    """
    places = dossier.scope.evidence
    if any(place.is_code or place.note != _NETWORK for place in places):
        return None
    if dossier.mentions_of(_NETWORK) and not reads_below(dossier, doubted):
        return None
    return Context("told_vaguely", {"words": ", ".join(dict.fromkeys(str(place.value) for place in places))})


def reads_below(dossier: Dossier, probability: float) -> bool:
    """Return whether the probability of technology is below ``probability`` (0 to 1), and no code classifies it so."""
    reading = dossier.reading
    return bool(
        reading and reading.probability < probability and not any(place.is_code for place in dossier.scope.evidence)
    )


def mentioned_once(dossier: Dossier, mentions: Collection[Mention]) -> Context | None:
    """
    Return the context that a thing is mentioned only once, and not at the head of a title; or ``None``.

    The mention is in a description, or after the head of a title in a record that is not surely about technology. The
    result is ``None`` for a direct award.
    """
    places = {(mention.path, mention.start) for mention in mentions}
    if len(places) != 1 or is_direct(dossier):
        return None
    if all(path == _DESCRIPTION for path, _ in places) or (
        mentioned_behind(dossier, mentions) and not _reads_surely(dossier)
    ):
        return Context("told_once", {})
    return None


def _beginnings(dossier: Dossier) -> dict[str, int]:
    """Return the offsets where what is bought begins in title and description, by their JSON Pointers."""
    return {text.path: _begins(dossier, text) for text in dossier.texts if text.path in {_TITLE, _DESCRIPTION}}


def _begins(dossier: Dossier, text: Text) -> int:
    """Return the offset where what is bought begins, after its introduction and after a list of activities on it."""
    begins = dossier.reference.begins(text)
    work = _LISTED_WORK.match(text.value, begins)
    return work.end() if work else begins


def _listed_before(dossier: Dossier, mentions: Iterable[Mention]) -> int:
    """Return how many things a title lists before the first of ``mentions``; 0 if the title is not about access."""
    title = next((text for text in dossier.texts if text.path == _TITLE), None)
    starts = [mention.start for mention in mentions if mention.path == _TITLE]
    if title is None or not starts or not _ACCESS.search(dossier.reference.fold(title).text):
        return 0
    return len(_JOINT.findall(fold(title.value[_begins(dossier, title) : min(starts)]).text))


def _reads_surely(dossier: Dossier) -> bool:
    withheld = dossier.withheld(SURELY)
    return withheld is None or withheld.reason != WITHHELD_READING


def _built_in_around(dossier: Dossier, mention: Mention) -> int:
    """Return how many kinds of installations are named around a mention; 0 if no works are."""
    near = dossier.folded_around(mention, _WORKS_REACH)
    if not holds_any(dossier, near, "works"):
        return 0
    return len({kind[0][:_KIND_LETTERS] for kind in _BUILT_IN.finditer(near)})
