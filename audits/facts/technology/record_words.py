"""What the texts of a record say of the object, its users and its buyers."""

import re
from collections.abc import Container, Iterable, Sequence
from operator import itemgetter

from audits.facts.procurement.procedures import hires_consultants
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.words import MAKING

_TITLE = "/tender/title"
# A name has such letters; a number that some publishers give in its place has none.
_NAME = re.compile(r"[^\W\d_]{4}")
# How firms and universities write who ask a body for money to find something out. What tenders say too tells nothing:
# "Phase 2 project", "the approach proposed by the bidder", "software with which officers will investigate".
_PROPOSAL = re.compile(
    r"\b(?:sbir|sttr|small business innovation research|we (?:\w{1,20} )?propose|trl \d|"
    r"(?:analytics|associates|company|corp|corporation|inc|laborator(?:ies|y)|llc|sciences|systems|team|technologies|"
    r"university)\W{1,3}(?:\(\w{1,20}\) )?propos(?:ed?|es) to|"
    r"proposes? to (?:demonstrate|investigate|research|study)|"
    r"proposes? to (?:design|develop) (?:\w{1,20} )?(?:advanced|innovative|low|new|novel|prototype)|"
    r"proposed (?:\w{1,20} ){0,2}(?:effort|innovation|research)|"
    r"phase (?:i{1,3}|[123]|one) (?:\w{1,20} )?(?:effort|feasibility|proposal|prototype|research)|"
    r"(?:in|during|for) (?:(?:this|the) )?phase (?:i{1,3}|[123]|one)(?: project)?\W{1,2}we will|"
    r"(?:this|the) (?:effort|innovation|research) (?:will|addresses|aims|focuses|is to)|"
    r"(?:effort|project|research|study|we|work) will (?:investigate|research)|"
    r"to (?:demonstrate|determine) (?:the )?feasibility|"
    r"estudo/pesquisa|projeto de pesquisa|"
    r"proyecto de investigacion (?:academica|cientifica))\b"
    # At the head of a text: laws that are cited speak of such partnerships too.
    r"|\A(?:(?!\b(?:arts?|artigos?|decretos?|leis?)\b)[^.;]){0,120}?"
    r"\bparceria para pesquisa, desenvolvimento e inovacao\b"
)

# Who looks after a work or a supply, at the head of a title: "Supervisión externa del diseño …", "Servicio de
# consultoría de obra para la supervisión de la obra: …", "interventoría al mantenimiento de …". What supervises
# people or machines by itself ("sistema de supervisión", "supervisión remota") is none, nor is what it is done with
# ("supervisión de obras mediante drones"), what is bought beside it ("interventoría y suministro de …"), or the
# execution of sentences.
_WORK = (
    r"(?:adquisicion|construc\w+|contrat\w+|desarrollo|desenvolvimento|diseno|ejecucion|execucao|fabricacion|"
    r"fornecimento|implan?t\w+|implement\w+|instala\w+|mantenimiento|manutencao|mejoramiento|obras?|"
    r"proyectos?|projetos?|provision|sumini?stro)\b"
    r"(?! (?:\w+ )?(?:a traves|com|con|mediante|por|via) )"
    r"(?! (?:de |das? )(?:las? )?(?:condenas?|medidas?|penas?|sanciones|sentencias?)\b)"
)
_SUPERVISION = re.compile(
    r"\A\W{0,9}(?:(?:consultor\w+|contrat\w+|d[aeo]s?|del|el|externa|l[ao]s?|obras?|para|prestacion|prestar|realizar|"
    r"servic\w+|tecnica) ){0,9}"
    rf"(?:interventoria\b(?! (?:e|y) (?:el |la |o |a )?{_WORK})|"
    rf"(?:fiscalizacion|fiscalizacao|supervision|supervisao)(?: externa| tecnica)? "
    rf"(?:ao?|al|d[aeo]s?|del)(?: l[ao]s?)? {_WORK})"
)


# Lists of words by their names, or one pattern of folded text.
Words = str | re.Pattern[str]


@cached_fact  # asked for each of the mentions of a text, of which a long one has thousands
def has_words(dossier: Dossier, *words: Words) -> bool:
    """Return whether titles, descriptions and items hold words."""
    return _are_in_parts(dossier, PROSE_PARTS, words)


def title_has_words(dossier: Dossier, *words: Words) -> bool:
    """Return whether a title holds words."""
    return _are_in_parts(dossier, {"title"}, words)


@cached_fact
def is_called(dossier: Dossier, *words: Words) -> bool:
    """Return whether the name of a buyer, or of the body that it is a unit of, holds words."""
    pattern = _pattern(dossier, words)
    return any(pattern.search(fold(party.name).text) for party in dossier.public_parties)


@cached_fact
def has_words_beside_names(dossier: Dossier, *words: Words) -> bool:
    """Return whether titles, descriptions and items hold words that no name of a buyer holds."""
    pattern = _pattern(dossier, words)
    return any(
        stand_beside_names(dossier, pattern, dossier.reference.fold(text).text)
        for text in dossier.texts
        if text.part in PROSE_PARTS
    )


def _are_in_parts(dossier: Dossier, parts: Container[str], words: Sequence[Words]) -> bool:
    pattern = _pattern(dossier, words)
    return any(pattern.search(dossier.reference.fold(text).text) for text in dossier.texts if text.part in parts)


def _pattern(dossier: Dossier, words: Sequence[Words]) -> re.Pattern[str]:
    if isinstance(words[0], re.Pattern):
        return words[0]
    return dossier.reference.words.pattern(*map(str, words))


def stand_beside_names(dossier: Dossier, words: re.Pattern[str], text: str) -> bool:
    """Return whether a folded text holds words that no name of a buyer holds: who buys is often repeated."""
    found = set(map(itemgetter(0), words.finditer(text)))
    names = (fold(party.name).text for party in dossier.public_parties) if found else ()
    return bool(found.difference(match[0] for name in names for match in words.finditer(name)))


def holds_any(dossier: Dossier, text: str, *lists: str) -> bool:
    """Return whether a folded text holds a word of ``lists`` of words."""
    return bool(dossier.reference.words.pattern(*lists).search(text))


@cached_fact
def text_holds_any(dossier: Dossier, path: str, *lists: str) -> bool:
    """Return whether the text at a JSON Pointer holds a word of ``lists`` of words: once for all of its mentions."""
    return holds_any(dossier, fold(dossier.by_path[path]).text, *lists)


def has_named_buyer(dossier: Dossier) -> bool:
    """Return whether a record names who buys; some tell a number, "EC-RUC-1460001180001"."""
    return any(_NAME.search(party.name) for party in dossier.public_parties)


def advises(dossier: Dossier) -> Context | None:
    """Return that consultants are hired, and nothing says that they build or supply something; else ``None``."""
    is_advice = hires_consultants(dossier.process) and not has_words(dossier, MAKING)
    return Context("of_advice", {}) if is_advice else None


def supervises(dossier: Dossier) -> Context | None:
    """
    Return that a title tells of who supervises a work or a supply that others carry out; else ``None``.

    That of the tender tells what all of it is: the contract beside the work is often one to supervise it.
    """
    titles = {text.path: text for text in dossier.texts if text.part == "title"}
    asked = [titles[_TITLE]] if _TITLE in titles else [*titles.values()]
    is_supervision = asked and all(_SUPERVISION.search(dossier.reference.fold(text).text) for text in asked)
    return Context("of_supervision", {}) if is_supervision else None


def researches(dossier: Dossier) -> Context | None:
    """Return that the text tells of research, or proposes it, by which nothing comes into use yet; else ``None``."""
    return Context("of_research", {}) if has_words(dossier, _PROPOSAL) else None


def but_for(dossier: Dossier, found: Iterable[Mention], kept: Iterable[Mention], reason: str) -> tuple[Mention, ...]:
    """Return what was found, without what is not among ``kept`` if the exclusion ``reason`` is in force."""
    standing = set(kept)  # a text holds thousands: to look each up in a list takes time by their square
    return tuple(mention for mention in found if mention in standing or not dossier.leaves_out(mention, reason))
