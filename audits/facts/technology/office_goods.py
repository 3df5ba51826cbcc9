"""Goods that every office has for its staff: telephones, switches, handsets, antivirus."""

import re
from collections.abc import Mapping
from typing import Any

from audits.facts.procurement.small_purchases import costs_trifles
from audits.facts.technology.core_networks import core_networks
from audits.facts.technology.ordinary_watching import ordinary_watching
from audits.facts.technology.public_space import mentions_public_places
from audits.facts.technology.record_words import has_words, title_has_words
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import BOTH
from audits.matching.words import BESIDE_TOOL, DESK_PROGRAM, HOSTED_TOOL, MORE_THAN_GOODS, OFFICE_DEVICE, OWN_UNIT

# What a scope of such goods holds at most, by concepts; handsets and base sets are those of staff.
_GOODS = frozenset(
    {"cybersecurity", "drone", "network_equipment", "radio_communication", "ran_core", "security_product", "telephony"}
)
# Who keeps up the computers of an office, where no system is named: "Soporte de sistemas distrital La Paz".
_UPKEEP = re.compile(
    r"\A\W{0,9}(?:(?:serv(?:icio|ico|ice)s?|contratac(?:ion|ao)) (?:de |del )?){0,2}"
    r"(?:desarrollo y |desenvolvimento e )?"
    r"(?:soporte|suporte)(?: tecnico)? (?:informatico|de (?:sistemas? informaticos?|sistemas?))\b"
    r"(?! (?:de|del|d[ao]|para) )"
)
# What every office has besides, by the first words of a title, and what a scope beside it holds at most: software that
# comes with it, and what tablets read.
_KIT = re.compile(
    r"\A\W{0,9}(?:(?:adquisicion|aquisicao|compra|contratacao|contratacion|fornecimento|procurement|provision|purchase|"
    r"suministro|supply) (?:por lotes |em lotes )?(?:de |del |do |of )?){0,2}(?:items? 1\W{1,3}\d{1,3} )?"
    r"(?:computador(?:a|as|es)?|computers?|equip(?:amiento|amento)s? (?:informaticos?|tecnologicos?)|"
    r"eq(?:uipos?)?\W{0,2} (?:de comput(?:acion|o)|informaticos?)|"
    r"furniture|impresoras?|impressoras?|laptops?|mobiliario|motorbikes|notebooks?|office equipment|ordenadores|"
    r"portatiles|printers?|tablets?|vehicles)\b"
)
_BESIDE_KIT = frozenset({"biometric_id", "software_licence"})
# Goods of an office that a title may name before readers of fingers, and what leads to what they have in them.
_OFFICE_GOODS = ("office_technology", "plain_object")
_WITH = re.compile(r"\A\W{0,9}(?:com|con|with)\b")
_TITLE = "/tender/title"
# A part of a computer at the head of a title, and as many licences as an office needs; and what they cost at most, in
# times a trifle.
_PART = re.compile(
    r"\A\W{0,9}(?:(?:adquisicion|aquisicao|compra|purchase|suministro|supply) (?:de |of )?(?:una? |uma? |an? )?)?"
    r"(?:discos? duros?|disco rigido|fuentes? de poder|hard (?:disks?|drives?)|memorias? ram|power supply|"
    r"ram memory|tarjetas? controladoras?)\b"
)
_FEW = re.compile(r"(?<![\d.,])\b(?:[1-9]|un[ao]?|uma|one|dos|duas|two|tres|three|cinco|five) (?:licenc|licens)")
_LITTLE = frozenset({"server_storage", "software_licence", "software_platform"})
_LITTLE_MULTIPLE = 2
# What serves more than a desk, though a program of one is bought with it: "servidores, firewall y antivirus".
_BESIDE_PROGRAM = frozenset({"network_equipment", "network_product", "server_product", "server_storage"})
# Lines that any office has, and for how many days (five years) it rents them at most.
_LINES = frozenset({"internet_access", "telephony"})
_LINE_DAYS = 1827
# How far a network or a system goes that is more than an office's.
_FAR = re.compile(
    r"\b(?:ambito|cobertura|nation ?wide|network|nivel|redes?|red|sistemas?) "
    r"(?:(?:de )?\w+ )?(?:departamental|estadual|estatal|nacional|national|provincial|regional)\b"
)


def serves_an_office(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """Return that all that is bought are goods of an office, or its ordinary cameras and vehicles, else ``None``."""
    if are_office_goods(dossier):
        return Context("office_goods", {})
    watching = surveillance(dossier)
    return ordinary_watching(dossier, watching, trifles) if watching and dossier.sectors == ("surveillance",) else None


def office_kit(dossier: Dossier) -> Context | None:
    """
    Return that the title opens with computers, vehicles or furniture, and names no system, or that all is for the unit
    that runs a programme; else ``None``.
    """
    is_kit = {place.note for place in dossier.scope.evidence} <= _BESIDE_KIT and title_has_words(dossier, _KIT)
    return Context("office_goods", {}) if is_kit or title_has_words(dossier, OWN_UNIT) else None


def office_readers(dossier: Dossier) -> Context | None:
    """
    Return that readers of fingers are all the surveillance, and a title names goods of an office before them.

    What goods have in them ("tablets with biometric scanners") is what they are bought for; then ``None``.
    """
    found = surveillance(dossier)
    readers = [mention for mention in found if mention.path == _TITLE]
    if not readers or any(mention.concept != "biometric_id" for mention in found):
        return None
    first = min(readers, key=lambda reader: reader.start)
    goods = dossier.mentions_of(*_OFFICE_GOODS, parts={"title"}, strengths=BOTH)
    ends = [good.end for good in goods if good.path == _TITLE and good.end <= first.start]
    if not ends or _WITH.match(dossier.folded_before(first, first.start - max(ends))):
        return None
    return Context("office_goods", {})


def desk_program(dossier: Dossier) -> Context | None:
    """Return that a title names a program of a desk or video calls, and nothing besides; else ``None``."""
    if any(place.note in _BESIDE_PROGRAM for place in dossier.scope.evidence):
        return None
    return _tool_for_staff(dossier, DESK_PROGRAM)


def hosted_tool(dossier: Dossier) -> Context | None:
    """Return that a title names such a program, or a tool hosted for an office, and nothing besides, or telephones."""
    if dossier.mentions_of("telephony", parts={"title"}, strengths=BOTH):
        return Context("office_goods", {})
    return _tool_for_staff(dossier, DESK_PROGRAM, HOSTED_TOOL)


def rented_by_any_office(dossier: Dossier, days: float) -> Context | None:
    """
    Return that a title names such a program, a tool hosted for an office or telephones, and nothing besides, or that
    all are lines, for as many days as offices rent them.
    """
    are_lines = {place.note for place in dossier.scope.evidence} <= _LINES
    if are_lines and days <= _LINE_DAYS:
        return Context("office_goods", {})
    return hosted_tool(dossier) if _is_alone(dossier) else None


def are_office_goods(dossier: Dossier) -> bool:
    """
    Return whether all that is bought are goods of an office.

    They are not where a network is one that others depend on, people are watched, or the record tells of schools,
    hospitals, a territory or many people.
    """
    notes = {place.note for place in dossier.scope.evidence}
    return (
        # Drones that watch nobody are instruments.
        (
            notes <= {"drone"}
            or (notes <= _GOODS and has_words(dossier, OFFICE_DEVICE))
            or _is_upkeep(dossier, notes)
            or _is_little(dossier, notes)
        )
        and not core_networks(dossier)
        and not surveillance(dossier)
        and not has_words(dossier, MORE_THAN_GOODS)
        and not has_words(dossier, _FAR)
        and not mentions_public_places(dossier)
        and not security_links(dossier)
        and not security_buyers(dossier)
    )


def _tool_for_staff(dossier: Dossier, *lists: str) -> Context | None:
    return Context("office_goods", {}) if _is_alone(dossier) and title_has_words(dossier, *lists) else None


def _is_alone(dossier: Dossier) -> bool:
    """Return whether nothing is named that serves others than the staff."""
    return not (has_words(dossier, BESIDE_TOOL) or dossier.mentions_of("server_product") or surveillance(dossier))


def _is_upkeep(dossier: Dossier, notes: set[str]) -> bool:
    """Return whether a title names the upkeep of systems, and no system."""
    return notes == {"software_platform"} and title_has_words(dossier, _UPKEEP)


def _is_little(dossier: Dossier, notes: set[str]) -> bool:
    """Return whether a title names one part of a computer, or few licences, and no price says that they cost more."""
    if not notes <= _LITTLE or not costs_trifles(dossier.process, _LITTLE_MULTIPLE):
        return False
    return title_has_words(dossier, _PART) or title_has_words(dossier, _FEW)
