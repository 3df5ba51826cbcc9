"""Kinds of supply in one object: equipment, operation, maintenance, training, finance, turnkey."""

import re

from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention

_EQUIPMENT = "equipment"
_CONCEPTS = {
    _EQUIPMENT: ("supply",),
    "operation": ("operation_by_vendor",),
    "maintenance": ("maintenance", "maintenance_by_vendor"),
    "training": ("training", "training_fellowship"),
    "finance": ("financing", "buyer_credit"),
    "turnkey": ("turnkey",),
}
# Kinds of work whose words may also say what a thing is for.
_WORK = ("operation", "maintenance", "training")
# The thing supplied, after other steps: "suministro; instalación y puesta en marcha de un software".
_SUPPLIED = re.compile(
    r" (?:de|del|do|da|dos|of) (?:(?:l[ao]s?|uma?|un[ao]?|the|dos|tres|two|three|\W?\d+\W?) ){0,3}+"
    r"([a-z]+)"
)
# Beginnings of words for a service or a right, not equipment: "aquisição de serviços de manutenção", "bolsa de horas".
_SERVICES = (
    "servi",
    "soport",
    "suport",
    "support",
    "bolsa",
    "horas",
    "hours",
    "licen",
    "software",
    "aplicativ",
    "subscri",
    "suscri",
    "aula",
)
_REACH = 80
# Words before the purpose of a thing: "software para la operación y mantenimiento de la red".
_PURPOSE = re.compile(r"(?:para|for) (?:(?:l[ao]s?|el|os?|as?|the) )?(?:[a-z]{4,20} (?:(?:y|e|and) )?)?$")
_PURPOSE_REACH = 40
# In English the purpose comes before the thing: "training systems", "maintenance software", "training requirements".
_FOR_WHICH = re.compile(
    r"[ -](?:exercises?|materials?|needs|personnel|requirements|scenarios?|simulat\w+|software|systems?|tools?)\b"
)


def parts_of_supply(dossier: Dossier) -> dict[str, Mention]:
    """Return the first mention of each kind of supply in the object, in the order of ``_CONCEPTS``."""
    found: dict[str, Mention] = {}
    for part, concepts in _CONCEPTS.items():
        for mention in dossier.mentions_of(*concepts, parts=PROSE_PARTS):
            is_for = is_purpose(dossier, mention) or (part in _WORK and _names_a_tool(dossier, mention))
            if is_for and dossier.leaves_out(mention, "purpose_of_supply"):
                continue
            if (
                part == _EQUIPMENT
                and _is_service(dossier, mention)
                and dossier.leaves_out(mention, "service_supplied")
            ):
                continue
            found[part] = mention
            break
    return found


def is_purpose(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a mention is the purpose of the thing bought: "software para la operación de la red"."""
    before = dossier.folded_before(mention, _PURPOSE_REACH)
    return _PURPOSE.search(before) is not None


def _names_a_tool(dossier: Dossier, mention: Mention) -> bool:
    """Return whether an English word for work only gives the purpose of a thing: "training systems"."""
    return _FOR_WHICH.match(dossier.folded_after(mention, _PURPOSE_REACH)) is not None


def _is_service(dossier: Dossier, mention: Mention) -> bool:
    after = dossier.folded_after(mention, _REACH)
    supplied = _SUPPLIED.search(after)
    return supplied is not None and supplied[1].startswith(_SERVICES)
