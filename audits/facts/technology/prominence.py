"""
Where in a record something is mentioned: at the head of a title, once, late, or beside other things.

What stands at the head is what is bought. The ``mentioned_…`` functions find the other places: flags that rested on
them were right too seldom, as people judged, so that a rule reports them as context and asks nothing.
"""

import re
from collections.abc import Collection, Iterable
from textwrap import shorten

from audits.facts.procurement.grounds import is_direct
from audits.facts.technology.record_words import holds_any
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import WITHHELD_READING, Context, Evidence
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.scope import ScopeEvidence
from audits.matching.words import WORKS
from contracts.ocds.parsing.objects import Text

# What opens an entry of a list, and from how many entries on it is a long one.
_ENTRY = re.compile(r"(?:[;•▪●]|(?<!\w)\(?[a-z]\)|\n[ \t]?[-*])")
LIST_ENTRIES = 6
# Installations of buildings and streets. Cameras are one more of them where a word for works and so many kinds of
# installations, told apart by their first letters, stand within so many characters.
_BUILT_IN = re.compile(
    r"\b(?:air condition|aire acondicionado|alcantaril|ar condicionado|climati|dados|datos|drain|drena|el[ec]+tric|"
    r"esgot|fire|gas\b|hidr|hvac|ilumina|incendi|lighting|logica\b|paviment|plumbing|sanitari|sewer|spda\b|telefon|telephon|"
    r"terraplan|topogra)"
)
BUILT_IN = 3
_KIND_LETTERS = 4
_WORKS_REACH = 250
# What joins the things of a list. In a title about access, cameras and readers behind so many other things are those
# of a building.
_JOINT = re.compile(r"[,;+/]| (?:y|e|and) ")
_ACCESS = re.compile(r"\b(?:acc?esos?|access)\b")
OTHERS = 3
# What only a description names, and only behind so many characters, is seldom what is bought.
FIRST_WORDS = 300
# What is bought begins within so many characters behind its introduction, "contratação de empresa especializada para".
HEAD = 70
_TITLE, _DESCRIPTION = "/tender/title", "/tender/description"
# Equipment of networks, weak words of which are "red" and "comunicación".
_NETWORK = "network_equipment"
# A list of three or more works on one thing, up to its "of": "diseño, suministro y puesta a punto de una red". The
# first work may have four words, the last three.
_WORD = r"(?!(?:y|e|and)\b)\w{1,30}+"
_LISTED_WORK = re.compile(
    rf"{_WORD}(?: {_WORD}){{0,3}}+, ?(?:{_WORD}, ?){{0,12}}+(?:{_WORD} )?(?:y|e|and) {_WORD}(?: {_WORD}){{0,2}}? "
    r"(?:d[aeo]|del|of) ",
    re.IGNORECASE,
)
# What joins a thing to what it is for or about: "obras para la videovigilancia", "auditoría del proyecto de …".
_FOR = re.compile(
    r"\b(?:about|en el marco|enmarcad[ao]s?|for|no ambito|para|pro[jy]ecto|project|projeto|regarding|sobre)\b"
)
# How many characters of such a thing are cited.
_WORDS = 100
# From which probability on a record reads surely like technology, and up to which it hardly does.
SURELY = 0.95
_HARDLY = 0.5


def mentioned_beside(dossier: Dossier, mentions: Collection[Mention]) -> Context | None:
    """
    Return that technology is told beside what is bought, or None.

    It is one of the installations of works, or of their design, that are told around it ("elétrica, esgoto, CFTV"). It
    stands behind ``OTHERS`` other things of a list, in a title that tells of access ("alarms, locks, doors, CCTV"). In
    a description alone it is one entry of a long list of other things, "(e) projectors; (f) CCTV systems; …", if the
    description has at least ``LIST_ENTRIES`` entries and it holds at most one in ``LIST_ENTRIES`` of them. It is told
    late if it stands behind the first ``FIRST_WORDS`` characters, and a title names something else.
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
    """Return that descriptions alone tell of what stands at ``places``, behind their first words, or None."""
    is_late = all(place.path.endswith("/description") and (place.start or 0) >= FIRST_WORDS for place in places)
    return Context("told_late", {}) if is_late and any(text.path == _TITLE for text in dossier.texts) else None


def mentioned_behind(dossier: Dossier, places: Iterable[Mention | Evidence | ScopeEvidence]) -> Context | None:
    """Return that title and description begin with something else than what stands at ``places``, or None."""
    begins = _beginnings(dossier)
    is_behind = _TITLE in begins and all(
        place.path in begins and (place.start or 0) >= begins[place.path] + HEAD for place in places
    )
    return Context("told_behind", {}) if is_behind else None


def mentioned_as_purpose(dossier: Dossier, besides: Collection[Evidence]) -> Context | None:
    """
    Return that title and description begin with a thing that is no technology but meant for technology; or None.

    :param besides: mentions that may precede what is bought, such as "X has received a loan for the supply of …"
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
    """Return the thing at the head of a text that is meant for what follows; ``""`` if it is technology, or none."""
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
    Return that technology is mentioned behind what is bought, in a record that hardly reads like technology; or None.

    Where a code classifies the record as technology there is no doubt.
    """
    is_behind = reads_below(dossier, _HARDLY) and mentioned_behind(dossier, dossier.scope.evidence)
    return Context("told_in_doubt", {}) if is_behind else None


def mentioned_vaguely(dossier: Dossier, *, doubted: float = 0.0) -> Context | None:
    """
    Return that words for networks and communication, which mean much else, alone tell of technology; or None.

    :param doubted: the probability below which a record hardly reads like technology, so that plain words are weak too
    """
    places = dossier.scope.evidence
    if any(place.is_code or place.note != _NETWORK for place in places):
        return None
    if dossier.mentions_of(_NETWORK) and not reads_below(dossier, doubted):
        return None
    return Context("told_vaguely", {"words": ", ".join(dict.fromkeys(str(place.value) for place in places))})


def reads_below(dossier: Dossier, probability: float) -> bool:
    """
    Return whether a record reads like technology with less than this probability (0 to 1), and no code
    says it is.
    """
    reading = dossier.reading
    return bool(
        reading and reading.probability < probability and not any(place.is_code for place in dossier.scope.evidence)
    )


def mentioned_once(dossier: Dossier, mentions: Collection[Mention]) -> Context | None:
    """
    Return that a single word mentions something, not at the head of a title, where others may have competed; or None.

    It stands in a description, or behind the head of a title of a record that does not read surely like technology.
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
    """Return where what is bought begins in title and description, by their JSON Pointers."""
    return {text.path: _begins(dossier, text) for text in dossier.texts if text.path in {_TITLE, _DESCRIPTION}}


def _begins(dossier: Dossier, text: Text) -> int:
    """Return where what is bought begins, behind what introduces it and behind a list of what is done to it."""
    begins = dossier.reference.begins(text)
    work = _LISTED_WORK.match(text.value, begins)
    return work.end() if work else begins


def _listed_before(dossier: Dossier, mentions: Iterable[Mention]) -> int:
    """Return how many things of a list a title tells before mentions, 0 if it does not tell of access."""
    title = next((text for text in dossier.texts if text.path == _TITLE), None)
    starts = [mention.start for mention in mentions if mention.path == _TITLE]
    if title is None or not starts or not _ACCESS.search(dossier.reference.fold(title).text):
        return 0
    return len(_JOINT.findall(fold(title.value[_begins(dossier, title) : min(starts)]).text))


def _reads_surely(dossier: Dossier) -> bool:
    withheld = dossier.withheld(SURELY)
    return withheld is None or withheld.reason != WITHHELD_READING


def _built_in_around(dossier: Dossier, mention: Mention) -> int:
    """Return how many kinds of installations are told around a mention, 0 where no works are."""
    near = dossier.folded_around(mention, _WORKS_REACH)
    if not holds_any(dossier, near, WORKS):
        return 0
    return len({kind[0][:_KIND_LETTERS] for kind in _BUILT_IN.finditer(near)})
