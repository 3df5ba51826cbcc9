"""Systems that watch people or carry the traffic of others, and words that a supplier operates them."""

import re
from bisect import bisect_left

from audits.facts.technology.ordinary.own_offices import beside_buildings, hires_guards
from audits.facts.technology.ordinary.own_use import of_mentioned_others
from audits.facts.technology.record_words import has_words, holds_any
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.supply.bundles import is_purpose
from audits.facts.technology.systems.core_networks import core_networks
from audits.facts.technology.systems.public_space import PUBLIC_SPACE
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS, WORDS_OF_RECORD, in_lots
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import BOTH, Mention
from audits.matching.texts.nearness import Places
from audits.matching.texts.normalize import fold

# Maximum distance in characters between operation and the system. It does not apply if a title names both, or words
# say who operates.
_REACH = 60
_BY_VENDOR = re.compile(
    r"\b(?:adjudicatario|concesionario|contractor|contratad[ao]|contratista|empresa|fornecedor|meses|"
    r"operado(?:r|res)|proveedor|supplier|vendor)\b|24"
)
# Words for hiring, and how many characters before a word for operation are searched for them.
_HIRED = re.compile(r"\b(?:conces\w+|contrat\w+|empresa|firm|hir(?:e|ing)|servi\w+)\b")
_HEAD_REACH = 100
# Prepositions before the purpose of goods.
_FOR = re.compile(r"\b(?:para|for)\b")
# Words for outsourcing; if only maintenance is outsourced, the state still runs the system.
_OUTSOURCED = re.compile(r"(?:externaliz|outsourc|terceiriz|terceriz)")
_UPKEEP = re.compile(r"[^.;]{0,60}?\b(?:maintenance|mantenimiento|manutencao)\b")
# Words that join a system to something else that contains it.
_WITH = re.compile(r"\b(?:com|con|including|inclui\w*|incluy\w+|with)\b")
# A room named after operation: "central de controle e operação do sistema de ônibus".
_ROOM = re.compile(r"\b(?:central|centro|sala) (?:integrad[ao] )?de (?:\w+ [ey] )?$")
# Assisted operation, which is help with the first steps if no duration is given.
_ASSISTED = re.compile(r"\bass?istida$")
_OPERATES = re.compile(r"\b(?:monit|opera)")
_ALARMS = re.compile(r"[^.;]{0,80}?\b(?:alarmas?|alarmes?|alarms?)\b(?! (?:ciudadan|comunitari|vecinal))")


def sensitive_systems(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of what watches others, of core networks, and of command centres of security bodies."""
    watching = beside_buildings(dossier, of_mentioned_others(dossier, surveillance(dossier)))
    centres = dossier.mentions_of("command_centre", parts=PROSE_PARTS)
    if centres and not (security_buyers(dossier) or security_links(dossier)):
        centres = ()
    return (*watching, *core_networks(dossier), *centres)


def operated_by_vendor(dossier: Dossier, systems: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Return the words that a supplier operates one of ``systems``: near the system, or naming who operates."""
    near = Places(systems)
    is_guarded = hires_guards(dossier) and all(system.concept == "video_surveillance" for system in systems)
    titles = {system.path for system in systems if system.part == "title"}
    return tuple(
        mention
        for mention in dossier.mentions_of("operation_by_vendor", parts=WORDS_OF_RECORD, strengths=BOTH)
        if (
            in_lots(mention, systems)
            if _BY_VENDOR.search(fold(mention.written).text)
            else mention.path in titles or near.has_near(mention, _REACH)
        )
        and not dossier.leaves_out(mention, _why_not(dossier, mention, near, is_guarded=is_guarded))
    )


def _why_not(dossier: Dossier, mention: Mention, systems: Places, *, is_guarded: bool) -> str:
    """Return why words for operation do not count, or ``""``; ``is_guarded``: guards are hired, with cameras alone."""
    written = fold(mention.written).text
    if not _BY_VENDOR.search(written):
        if _ASSISTED.search(written) or _is_bought_for(dossier, mention):
            return "bought_for_operation"
        if _operates_other(dossier, mention, systems):
            return "operates_other"
    if _watches_alarms(dossier, mention, is_guarded=is_guarded):
        return "watches_alarms"
    return "upkeep_alone" if _is_upkeep(dossier, mention) else ""


def _operates_other(dossier: Dossier, mention: Mention, systems: Places) -> bool:
    """Return whether something that contains the system is operated (a water plant), or the words name a room."""
    if _ROOM.search(dossier.folded_before(mention, _HEAD_REACH)):
        return True
    joins, begins = _joins(dossier, mention.path), systems.next_start(mention)
    place = bisect_left(joins, mention.end)
    return begins is not None and place < len(joins) and joins[place] < begins


@cached_fact
def _joins(dossier: Dossier, path: str) -> tuple[int, ...]:
    """Return the offsets, in the original text, of the words that join a system to something else."""
    folded = dossier.reference.fold_written(dossier.by_path[path])
    return tuple(folded.written(found.start()) for found in _WITH.finditer(folded.text))


def _is_bought_for(dossier: Dossier, mention: Mention) -> bool:
    """Return whether goods are bought for an operation, and nobody is hired to operate."""
    if not is_purpose(dossier, mention):
        return False
    before = dossier.folded_before(mention, _HEAD_REACH)
    *heads, _ = _FOR.split(before)
    head = " ".join(heads)
    hired = list(_HIRED.finditer(head))
    return not hired or holds_any(dossier, head[hired[-1].end() :], "goods_alone")


def _is_upkeep(dossier: Dossier, mention: Mention) -> bool:
    """Return whether only the maintenance of a system is outsourced."""
    if not _OUTSOURCED.match(fold(mention.written).text):
        return False
    upkeep = _UPKEEP.match(after := dossier.folded_after(mention, _HEAD_REACH))
    return bool(upkeep) and not _OPERATES.search(after)


def _watches_alarms(dossier: Dossier, mention: Mention, *, is_guarded: bool) -> bool:
    """Return whether alarms are monitored, or cameras by hired guards, and no text names streets or squares."""
    if "monit" not in fold(mention.written).text or has_words(dossier, PUBLIC_SPACE):
        return False
    return is_guarded or bool(_ALARMS.match(dossier.folded_after(mention, _HEAD_REACH)))
