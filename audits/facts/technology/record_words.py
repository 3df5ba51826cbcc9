"""Search the texts of a record for words about the object, its users and its buyers."""

import re
from collections.abc import Callable, Container, Iterable, Sequence
from operator import itemgetter
from typing import cast

from audits.facts.methods.procedures import hires_consultants
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import Mention
from audits.matching.texts.normalize import fold

_TITLE = "/tender/title"
# A name contains such letters; some publishers give a number instead, which does not.
_NAME = re.compile(r"[^\W\d_]{4}")
# Wording of firms and universities that apply for research funding. Phrases that tenders use too are left out: "Phase
# 2 project", "the approach proposed by the bidder", "software with which officers will investigate".
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
    # Only at the head of a text, because cited laws mention such partnerships too.
    r"|\A(?:(?!\b(?:arts?|artigos?|decretos?|leis?)\b)[^.;]){0,120}?"
    r"\bparceria para pesquisa, desenvolvimento e inovacao\b"
)
# Every match of ``_PROPOSAL`` contains one of these.
_PROPOSAL_SIGNS = (
    *("effort", "feasibility", "innovation", "pesquisa", "phase ", "propos", "proyecto de investigacion", "research"),
    *("sbir", "sttr", "trl ", "will investigate"),
)

# Supervision of a work or a supply, at the head of a title: "Supervisión externa del diseño …", "Servicio de
# consultoría de obra para la supervisión de la obra: …", "interventoría al mantenimiento de …". Left out: automatic
# supervision of people or machines ("sistema de supervisión", "supervisión remota"), tools for it ("supervisión de
# obras mediante drones"), purchases besides it ("interventoría y suministro de …"), and the execution of sentences.
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


# Names of word lists, or one pattern for folded text.
Words = str | re.Pattern[str]


def has_words(dossier: Dossier, *words: Words) -> bool:
    """Return whether titles, descriptions or items contain any of the words."""
    return _asked_once(_are_in_prose, dossier, words)


def title_has_words(dossier: Dossier, *words: Words) -> bool:
    """Return whether a title contains any of the words."""
    return _asked_once(_are_in_title, dossier, words)


def is_called(dossier: Dossier, *words: Words) -> bool:
    """Return whether the name of a buyer, or of its parent body, contains any of the words."""
    return _asked_once(_are_in_names, dossier, words)


def has_words_beside_names(dossier: Dossier, *words: Words) -> bool:
    """Return whether titles, descriptions or items contain words that no buyer's name contains."""
    return _asked_once(_are_beside_names, dossier, words)


def _asked_once(
    question: Callable[[Dossier, re.Pattern[str]], bool], dossier: Dossier, words: Sequence[Words]
) -> bool:
    """Return the answer about some words, worked out once, as it is asked for each mention of a text."""
    pattern = _pattern(dossier, words)
    # By its id, which stays: to hash a pattern, Python reads all of its code each time.
    key = question, id(pattern)
    answer: bool | None = dossier.facts.get(key)
    if answer is None:
        answer = dossier.facts[key] = question(dossier, pattern)
    return answer


def _are_in_prose(dossier: Dossier, pattern: re.Pattern[str]) -> bool:
    return _are_in_parts(dossier, PROSE_PARTS, pattern)


def _are_in_title(dossier: Dossier, pattern: re.Pattern[str]) -> bool:
    return _are_in_parts(dossier, {"title"}, pattern)


def _are_in_names(dossier: Dossier, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(fold(party.name).text) for party in dossier.public_parties)


def _are_beside_names(dossier: Dossier, pattern: re.Pattern[str]) -> bool:
    return any(
        stand_beside_names(dossier, pattern, dossier.reference.fold(text).text)
        for text in dossier.texts
        if text.part in PROSE_PARTS
    )


def _are_in_parts(dossier: Dossier, parts: Container[str], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(dossier.reference.fold(text).text) for text in dossier.texts if text.part in parts)


def _pattern(dossier: Dossier, words: Sequence[Words]) -> re.Pattern[str]:
    first = words[0]
    return first if isinstance(first, re.Pattern) else dossier.reference.words.pattern(*cast("Sequence[str]", words))


def stand_beside_names(dossier: Dossier, words: re.Pattern[str], text: str) -> bool:
    """Return whether a folded text contains words that no buyer's name contains; texts often repeat these names."""
    found = set(map(itemgetter(0), words.finditer(text)))
    names = (fold(party.name).text for party in dossier.public_parties) if found else ()
    return bool(found.difference(match[0] for name in names for match in words.finditer(name)))


def holds_any(dossier: Dossier, text: str, *lists: str) -> bool:
    """Return whether a folded text contains a word of the word lists ``lists``."""
    return bool(dossier.reference.words.pattern(*lists).search(text))


@cached_fact
def text_holds_any(dossier: Dossier, path: str, *lists: str) -> bool:
    """Return ``holds_any`` for the text at a JSON Pointer, computed once for all mentions in it."""
    return holds_any(dossier, dossier.reference.fold_written(dossier.by_path[path]).text, *lists)


def has_named_buyer(dossier: Dossier) -> bool:
    """Return whether a record names a buyer; some give only a number, "EC-RUC-1460001180001"."""
    return any(_NAME.search(party.name) for party in dossier.public_parties)


def advises(dossier: Dossier) -> Context | None:
    """Return the context that consultants are hired, and do not build or supply anything; else ``None``."""
    is_advice = hires_consultants(dossier.process) and not has_words(dossier, "making")
    return Context("of_advice", {}) if is_advice else None


def supervises(dossier: Dossier) -> Context | None:
    """
    Return the context that the title is about supervision of a work or a supply by others; else ``None``.

    Only the tender's title is read if there is one, because a contract besides the work is often one to supervise it.
    """
    titles = {text.path: text for text in dossier.texts if text.part == "title"}
    asked = [titles[_TITLE]] if _TITLE in titles else [*titles.values()]
    is_supervision = asked and all(_SUPERVISION.search(dossier.reference.fold(text).text) for text in asked)
    return Context("of_supervision", {}) if is_supervision else None


def researches(dossier: Dossier) -> Context | None:
    """Return the context that the text is about research, so that nothing comes into use yet; else ``None``."""
    is_proposal = dossier.holds_any_of(_PROPOSAL_SIGNS) and has_words(dossier, _PROPOSAL)
    return Context("of_research", {}) if is_proposal else None


def but_for(dossier: Dossier, found: Iterable[Mention], kept: Iterable[Mention], reason: str) -> tuple[Mention, ...]:
    """Return the mentions ``found``, only those in ``kept`` if the exclusion ``reason`` is in force."""
    standing = set(kept)  # a text has thousands: lookups in a list would take quadratic time
    return tuple(mention for mention in found if mention in standing or not dossier.leaves_out(mention, reason))
