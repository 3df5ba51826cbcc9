"""The core, access or backbone networks that a record buys: many depend on whoever can look into them."""

from audits.facts.carried_networks import only_carries
from audits.facts.networks import is_indoors, is_of_many, long_networks
from audits.facts.technology import CORE_NETWORK, TOLD_PARTS
from audits.judging.dossier import Dossier
from audits.matching.lexicon import Mention


def core_networks(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of networks that others depend on, not ways in which a service comes."""
    return tuple(
        mention
        for mention in dossier.mentions_of(*CORE_NETWORK, parts=TOLD_PARTS)
        if not only_carries(dossier, mention) and not is_indoors(dossier, mention) and is_of_many(dossier, mention)
    ) or long_networks(dossier)
