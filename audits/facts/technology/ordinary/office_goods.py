"""Ordinary office goods for staff: telephones, switches, handsets, antivirus."""

import re
from collections.abc import Mapping
from typing import Any

from audits.facts.methods.small_purchases import costs_trifles
from audits.facts.technology.ordinary.ordinary_watching import ordinary_watching
from audits.facts.technology.record_words import has_words, title_has_words
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.systems.core_networks import core_networks
from audits.facts.technology.systems.public_space import mentions_public_places
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import BOTH
from audits.matching.texts.normalize import fold

# The only concepts that such a purchase may have; the radio concepts are for handsets and base sets of staff.
_GOODS = frozenset(
    {"cybersecurity", "drone", "network_equipment", "radio_communication", "ran_core", "security_product", "telephony"}
)
# Support of an office's computers, if no system is named: "Soporte de sistemas distrital La Paz".
_UPKEEP = re.compile(
    r"\A\W{0,9}(?:(?:serv(?:icio|ico|ice)s?|contratac(?:ion|ao)) (?:de |del )?){0,2}"
    r"(?:desarrollo y |desenvolvimento e )?"
    r"(?:soporte|suporte)(?: tecnico)? (?:informatico|de (?:sistemas? informaticos?|sistemas?))\b"
    r"(?! (?:de|del|d[ao]|para) )"
)
# Other goods that every office has, as the first words of a title; and the only concepts that such a purchase may
# have: software that comes with the goods, and biometric readers in tablets.
_KIT = re.compile(
    r"\A\W{0,9}(?:(?:adquisicion|aquisicao|compra|contratacao|contratacion|fornecimento|procurement|provision|purchase|"
    r"suministro|supply) (?:por lotes |em lotes )?(?:de |del |do |of )?){0,2}(?:items? 1\W{1,3}\d{1,3} )?"
    r"(?:computador(?:a|as|es)?|computers?|equip(?:amiento|amento)s? (?:informaticos?|tecnologicos?)|"
    r"eq(?:uipos?)?\W{0,2} (?:de comput(?:acion|o)|informaticos?)|"
    r"furniture|impresoras?|impressoras?|laptops?|mobiliario|motorbikes|notebooks?|office equipment|ordenadores|"
    r"portatiles|printers?|tablets?|vehicles)\b"
)
_BESIDE_KIT = frozenset({"biometric_id", "software_licence"})
# Office goods that a title may name before fingerprint readers, and words before a component of the goods.
_OFFICE_GOODS = ("office_technology", "plain_object")
_WITH = re.compile(r"\A\W{0,9}(?:com|con|with)\b")
_TITLE = "/tender/title"
# Locks of rooms that fingerprints open, within so many characters around the mention of the reader.
_LOCK = re.compile(r"\b(?:cerradura|fechadura|lock)s?\b")
_LOCK_REACH = 25
# A computer part at the head of a title, or the few licences that an office needs; and the highest price of them, as a
# multiple of the limit for a small purchase.
_PART = re.compile(
    r"\A\W{0,9}(?:(?:adquisicion|aquisicao|compra|purchase|suministro|supply) (?:de |of )?(?:una? |uma? |an? )?)?"
    r"(?:discos? duros?|disco rigido|fuentes? de poder|hard (?:disks?|drives?)|memorias? ram|power supply|"
    r"ram memory|tarjetas? controladoras?)\b"
)
_FEW = re.compile(r"(?<![\d.,])\b(?:[1-9]|un[ao]?|uma|one|dos|duas|two|tres|three|cinco|five) (?:licenc|licens)")
_LITTLE = frozenset({"server_storage", "software_licence", "software_platform"})
_LITTLE_MULTIPLE = 2
# Equipment for more than a desk, even if a desk program is bought with it: "servidores, firewall y antivirus".
_BESIDE_PROGRAM = frozenset({"network_equipment", "network_product", "server_product", "server_storage"})
# Lines that any office has, and the longest term for which it rents them, in days (five years).
_LINES = frozenset({"internet_access", "telephony"})
_LINE_DAYS = 1827
# Rooms with computers for the public, which are fitted out like an office.
_ROOMS = re.compile(r"(?:tele|info)centr[oa]")
# Mobile lines, which a telephone keeps when it changes its operator.
_MOBILE = re.compile(
    r"\b(?:telefon\w+ mo(?:vil|vel|biles?)|lin(?:ea|ha)s mo(?:viles|veis)|servico movel pessoal|"
    r"mobile (?:phone|telephon))"
)
# Reach of a network or a system that is larger than an office.
_FAR = re.compile(
    r"\b(?:ambito|cobertura|nation ?wide|network|nivel|redes?|red|sistemas?) "
    r"(?:(?:de )?\w+ )?(?:departamental|estadual|estatal|nacional|national|provincial|regional)\b"
)


def serves_an_office(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """Return the context that only office goods are bought, or ordinary cameras and vehicles; else ``None``."""
    if are_office_goods(dossier):
        return Context("office_goods", {})
    watching = surveillance(dossier)
    return ordinary_watching(dossier, watching, trifles) if watching and dossier.sectors == ("surveillance",) else None


def fits_out_rooms(dossier: Dossier) -> Context | None:
    """Return the context that all technology in scope is that of rooms with computers ("telecentros"); or ``None``."""
    places = dossier.scope.evidence
    rooms = all(_ROOMS.match(fold(place.value).text) for place in places)
    return Context("fits_out_rooms", {}) if places and rooms else None


def office_kit(dossier: Dossier) -> Context | None:
    """
    Return the context that the title begins with computers, vehicles or furniture, or that all is for the unit that
    runs a programme; else ``None``.

    In the first case, only licences and biometric readers may be bought with the goods.
    """
    is_kit = {place.note for place in dossier.scope.evidence} <= _BESIDE_KIT and title_has_words(dossier, _KIT)
    return Context("office_goods", {}) if is_kit or title_has_words(dossier, "own_unit") else None


def office_readers(dossier: Dossier) -> Context | None:
    """
    Return the context that the only surveillance is fingerprint readers of locks or after office goods in the title;
    or ``None``.

    ``None`` if the readers are part of the goods ("tablets with biometric scanners"): the goods are then bought for
    the readers.
    """
    found = surveillance(dossier)
    readers = [mention for mention in found if mention.path == _TITLE]
    if not readers or any(mention.concept != "biometric_id" for mention in found):
        return None
    first = min(readers, key=lambda reader: reader.start)
    title = dossier.by_path[_TITLE]
    if _LOCK.search(fold(title[max(0, first.start - _LOCK_REACH) : first.end + _LOCK_REACH]).text):
        return Context("office_goods", {})
    goods = dossier.mentions_of(*_OFFICE_GOODS, parts={"title"}, strengths=BOTH)
    ends = [good.end for good in goods if good.path == _TITLE and good.end <= first.start]
    if not ends or _WITH.match(dossier.folded_before(first, first.start - max(ends))):
        return None
    return Context("office_goods", {})


def desk_program(dossier: Dossier) -> Context | None:
    """Return the context that a title names a desk program or video calls, and nothing serves others; or ``None``."""
    if any(place.note in _BESIDE_PROGRAM for place in dossier.scope.evidence):
        return None
    return _tool_for_staff(dossier, "desk_program")


def hosted_tool(dossier: Dossier) -> Context | None:
    """
    Return the context that a title names telephones, a desk program or a hosted office tool; or ``None``.

    Besides a program or a tool, nothing may be bought that serves people other than the staff.
    """
    if dossier.mentions_of("telephony", parts={"title"}, strengths=BOTH):
        return Context("office_goods", {})
    return _tool_for_staff(dossier, "desk_program", "hosted_tool")


def rented_by_any_office(dossier: Dossier, days: float) -> Context | None:
    """
    Return the context that only lines are bought, for a term usual for offices, or a ``hosted_tool`` or telephones
    without anything that serves others; or ``None``.

    :param days: of the term
    """
    are_lines = {place.note for place in dossier.scope.evidence} <= _LINES
    if are_lines and days <= _LINE_DAYS:
        return Context("office_goods", {})
    return hosted_tool(dossier) if _is_alone(dossier) else None


def rents_mobile_lines(dossier: Dossier, days: float) -> Context | None:
    """
    Return the context that a title is about mobile telephones alone, for a term usual for offices; or ``None``.

    :param days: of the term
    """
    are_lines = dossier.sectors == ("telecoms",) and title_has_words(dossier, _MOBILE)
    return Context("office_goods", {}) if are_lines and days <= _LINE_DAYS else None


def are_office_goods(dossier: Dossier) -> bool:
    """
    Return whether only office goods are bought.

    It is false if others depend on the network, if people are watched, or if the record mentions schools, hospitals, a
    territory, many people or a security body.
    """
    notes = {place.note for place in dossier.scope.evidence}
    return (
        # Drones without surveillance are instruments.
        (
            notes <= {"drone"}
            or (notes <= _GOODS and has_words(dossier, "office_device"))
            or _is_upkeep(dossier, notes)
            or _is_little(dossier, notes)
        )
        and not core_networks(dossier)
        and not surveillance(dossier)
        and not has_words(dossier, "more_than_goods")
        and not has_words(dossier, _FAR)
        and not mentions_public_places(dossier)
        and not security_links(dossier)
        and not security_buyers(dossier)
    )


def _tool_for_staff(dossier: Dossier, *lists: str) -> Context | None:
    return Context("office_goods", {}) if _is_alone(dossier) and title_has_words(dossier, *lists) else None


def _is_alone(dossier: Dossier) -> bool:
    """Return whether nothing is named that serves people other than the staff."""
    return not (has_words(dossier, "beside_tool") or dossier.mentions_of("server_product") or surveillance(dossier))


def _is_upkeep(dossier: Dossier, notes: set[str]) -> bool:
    """Return whether a title names support of systems in general, and no particular system."""
    return notes == {"software_platform"} and title_has_words(dossier, _UPKEEP)


def _is_little(dossier: Dossier, notes: set[str]) -> bool:
    """Return whether a title names one computer part or a few licences, and no amount says that they cost more."""
    if not notes <= _LITTLE or not costs_trifles(dossier.process, _LITTLE_MULTIPLE):
        return False
    return title_has_words(dossier, _PART) or title_has_words(dossier, _FEW)
