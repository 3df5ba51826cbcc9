"""Devices that are delivered once; a term of several years is then their guarantee."""

import re

from audits.facts.methods.grounds import is_direct
from audits.facts.technology.record_words import title_has_words
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context

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
