"""Devices that are delivered once: what runs for years after them is their guarantee."""

import re

from audits.facts.technology.record_words import title_tells
from audits.judging.dossiers.process import Dossier

# What a scope holds where devices alone are bought.
_DEVICES = frozenset(
    {
        *("biometric_id", "network_equipment", "network_product", "server_product", "server_storage"),
        *("data_centre", "radio_communication", "security_product", "telephony", "video_surveillance"),
    }
)
# Who buys and does not hire, at the head of a title.
_DELIVERY = re.compile(
    r"\A\W{0,9}(?:(?:contratac(?:ao|ion)|de|d[ao]|del|empresas?|especializada|eventual|fut[uo]ra|la|n[ao]|o|objeto|"
    r"para|pregao|eletronico|registro|precos?|e) ?\W{0,3}){0,12}"
    r"(?:acquisition|adquisicion|aquisicao|compra|fornecimento|purchase|suministro|supply)\b"
)
# What is more than a device: programs, and what is rented, hosted or done for years.
_MORE = re.compile(
    r"\b(?:alug\w+|alquiler|appliances?|arrendamiento|assinaturas?|backup|cloud|comodato|hosting|licen[cs]\w+|"
    r"locacao|nube|nuvem|operac\w+|outsourcing|saas|softwares?|solu[cs]\w+|subscri\w+|suscripci\w+|rental|lease)\b"
)


def delivers_devices(dossier: Dossier) -> bool:
    """Tell whether a title opens with the delivery of devices, and names neither programs nor what is rented."""
    notes = {place.note for place in dossier.scope.evidence}
    return notes <= _DEVICES and title_tells(dossier, _DELIVERY) and not title_tells(dossier, _MORE)
