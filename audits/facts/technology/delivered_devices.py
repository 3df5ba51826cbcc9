"""Devices delivered once: a term of years is that of their guarantee."""

import re

from audits.facts.procurement.grounds import is_direct
from audits.facts.technology.record_words import title_has_words
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context

# What a scope holds where devices alone are bought.
_DEVICES = frozenset(
    {
        *("biometric_id", "network_equipment", "network_product", "server_product", "server_storage"),
        *("data_centre", "radio_communication", "security_product", "telephony", "video_surveillance"),
    }
)
# How a title opens, before what is done; and who buys and does not hire.
_OPENING = (
    r"\A\W{0,9}(?:(?:contratac(?:ao|ion)|de|d[ao]|del|empresas?|especializada|eventual|fut[uo]ra|la|n[ao]|o|objeto|"
    r"para|pregao|eletronico|registro|precos?|e) ?\W{0,3}){0,12}"
)
_DELIVERY = re.compile(
    rf"{_OPENING}(?:acquisition|adquisicion|aquisicao|compra|fornecimento|purchase|suministro|supply)\b"
)
# What is more than a device: programs, systems, and what is rented, hosted or done for years. Who delivers installs,
# for no year more.
_MORE = re.compile(
    r"\b(?:alug\w+|alquiler\w*|appliances?|arrendamiento|assinaturas?|backup|cloud|comodato|explora[cs]\w+|explotac\w+|"
    r"gerenci\w+|gestao|gestion\w*|hire|hosting|leas(?:e|ed|ing)|licen[cs]\w+|locacao|maintenance|manage\w+|"
    r"mantenimiento|manutencao|monitor(?:amento|eo|ing|izacion)|nube|nuvem|opera[ct]\w+|outsourcing|pago por uso|"
    r"plataformas?|platforms?|rent(?:al|ed|ing)|saas|(?<!installation )servi[cz]\w+"
    r"(?! de (?:\w+ )?(?:configura|entrega|garantia|implanta|instala|monta[gj]|transport|treina))|"
    r"sistemas?|softwares?|solu[cs]\w+|subscri\w+|suscripci\w+|systems?)\b"
)
# No guarantee of devices is longer, in days (seven years): a longer term is that of something else.
_GUARANTEED_DAYS = 2557
# What prolongs the guarantee of devices that are there, at the head of a title; "servidores con garantía" are bought.
_GUARANTEE = re.compile(
    rf"{_OPENING}(?:(?:ampliac|exten[cs]|prolong|prorrog|renova)\w+ (?:d(?:e|a|el) )?(?:la )?)?garantia\b"
)


def prolonged_guarantee(dossier: Dossier) -> Context | None:
    """
    Return that a title begins with the guarantee of devices, and names neither programs, systems nor services.

    Where nobody competed it may tie to who made them.
    """
    if is_direct(dossier):
        return None
    notes = {place.note for place in dossier.scope.evidence}
    is_guarantee = notes <= _DEVICES and title_has_words(dossier, _GUARANTEE) and not title_has_words(dossier, _MORE)
    return Context("guarantee_prolonged", {}) if is_guarantee else None


def delivers_devices(dossier: Dossier, days: float) -> bool:
    """
    Return whether a title opens with the delivery of devices, and names neither programs, systems nor services.

    :param days: of the term; a guarantee runs for some years
    """
    notes = {place.note for place in dossier.scope.evidence}
    is_delivery = notes <= _DEVICES and title_has_words(dossier, _DELIVERY) and not title_has_words(dossier, _MORE)
    return is_delivery and days <= _GUARANTEED_DAYS
