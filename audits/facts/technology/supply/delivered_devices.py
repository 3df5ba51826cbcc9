"""Devices that are delivered once, so that a term of years is their guarantee; and upkeep of those in place."""

import re
from collections.abc import Mapping

from audits.facts.methods.grounds import is_direct
from audits.facts.methods.procedures import is_competitive
from audits.facts.methods.small_purchases import modest
from audits.facts.technology.record_words import title_has_words
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from contracts.ocds.codelists.codes import COMPETITIVE

# The only concepts of a purchase of devices.
_DEVICES = frozenset(
    {
        *("biometric_id", "network_equipment", "network_product", "server_product", "server_storage"),
        *("data_centre", "radio_communication", "security_product", "telephony", "video_surveillance"),
    }
)
# Introductory words of a title; and words for buying, as opposed to hiring, after them.
_OPENING = (
    r"\A\W{0,9}(?:(?:as?|contratac(?:ao|ion)|de|d[ao]|del|empresas?|especializada|eventual|fut[uo]ra|la|n[ao]|o|objeto|"
    r"para|pregao|eletronico|registro|precos?|e) ?\W{0,3}){0,12}"
)
_DELIVERY = re.compile(
    rf"{_OPENING}(?:acquisition|adquisicion|aquisicao|compra|fornecimento|purchase|suministro|supply)\b"
)
# More than devices: programs, systems, and what is rented, hosted or done for years. Installation by the supplier does
# not count, because it adds no year.
_MORE = re.compile(
    r"\b(?:alug\w+|alquiler\w*|appliances?|arrendamiento|assinaturas?|backup|cloud|comodato|explora[cs]\w+|explotac\w+|"
    r"gerenci\w+|gestao|gestion\w*|hire|hosting|leas(?:e|ed|ing)|licen[cs]\w+|locacao|maintenance|manage\w+|"
    r"mantenimiento|manutencao|monitor(?:amento|eo|ing|izacion)|nube|nuvem|opera[ct]\w+|outsourcing|pago por uso|"
    r"plataformas?|platforms?|rent(?:al|ed|ing)|saas|(?<!installation )servi[cz]\w+"
    r"(?! de (?:\w+ )?(?:configura|entrega|garantia|implanta|instala|monta[gj]|transport|treina))|"
    r"sistemas?|softwares?|solu[cs]\w+|subscri\w+|suscripci\w+|systems?)\b"
)
# Longest guarantee of devices, in days (seven years); a longer term belongs to something else.
_GUARANTEED_DAYS = 2557
# A guarantee at the head of a title prolongs that of existing devices; "servidores con garantía" are new ones.
_GUARANTEE = re.compile(
    rf"{_OPENING}(?:(?:ampliac|exten[cs]|prolong|prorrog|renova)\w+ (?:d(?:e|a|el) )?(?:la )?)?garantia\b"
)
# Upkeep at the head of a title: "Servicio anual de soporte y actualizaciones sobre hardware de servidores".
_UPKEEP = re.compile(
    rf"{_OPENING}(?:(?:anual|continuados|especializados|prestacao|prestacion|renovacao|renovacion|renewal|servicios?|"
    r"servicos?|tecnicos?|d[aeo]s?|del|of|la|para|por|lotes) ){0,6}"
    r"(?:garantia|maintenance|mantencion|mantenimiento|manutencao|renewal|renova\w+|soporte|suporte|support)\b"
)
# Programs, which only their maker keeps up, and what is operated for the buyer.
_PROGRAMS = re.compile(
    r"\b(?:alug\w+|alquiler\w*|aplica(?:cion|coes|tivo)\w*|assinaturas?|backup|bases? de datos|bancos? de dados|cloud|"
    r"databases?|gerenci\w+|gestao|gestion\w*|licen[cs]\w+|locacao|nube|nuvem|opera[ct]\w+|outsourcing|"
    r"linux|plataformas?|platforms?|programas?|saas|softwares?|sites?|subscri\w+|suscripci\w+|"
    r"(?:sistemas?|systems?)(?! san\b| de (?:almacenamiento|armazenamento|prevenc\w+)))\b"
)
# How many trifles upkeep costs that hardly matters, if other firms could offer it.
_MINOR = 2


def upkeep_in_competition(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """
    Return the context that what the buyer already has is kept up and no sign shows that others could not do so.

    The make of devices only says which ones are meant, if firms competed for their upkeep. Upkeep of programs, which
    their maker licenses, is context if it is known to cost less than two trifles.
    """
    if is_direct(dossier) or not (title_has_words(dossier, _UPKEEP) and is_competitive(dossier)):
        return None
    notes = {place.note for place in dossier.scope.evidence}
    names_programs = title_has_words(dossier, _PROGRAMS) or dossier.mentions_of("software_product", parts={"title"})
    if notes <= _DEVICES and not names_programs and dossier.process.tender.method in COMPETITIVE:
        return Context("devices_kept_up", {})
    return modest(dossier.process, trifles, _MINOR)


def prolonged_guarantee(dossier: Dossier) -> Context | None:
    """
    Return the context that a title begins with the guarantee of devices, and names no programs, systems or services.

    ``None`` for a direct award, because the guarantee may then bind the buyer to the manufacturer.
    """
    if is_direct(dossier):
        return None
    notes = {place.note for place in dossier.scope.evidence}
    is_guarantee = notes <= _DEVICES and title_has_words(dossier, _GUARANTEE) and not title_has_words(dossier, _MORE)
    return Context("guarantee_prolonged", {}) if is_guarantee else None


def delivers_devices(dossier: Dossier, days: float) -> bool:
    """
    Return whether a title begins with the delivery of devices, and names no programs, systems or services.

    :param days: of the term, at most seven years, the longest guarantee
    """
    notes = {place.note for place in dossier.scope.evidence}
    is_delivery = notes <= _DEVICES and title_has_words(dossier, _DELIVERY) and not title_has_words(dossier, _MORE)
    return is_delivery and days <= _GUARANTEED_DAYS
