"""What a provider hosts: cloud, platforms, software as a service, and systems that words for hosting stand beside."""

from collections.abc import Iterator

from audits.facts.technology import BOTH, HOSTED
from audits.judging.dossier import Dossier
from audits.matching.lexicon import WEAK, Mention
from audits.matching.nearness import Places

# What a provider may host.
_SYSTEMS = (
    "software_platform",
    "server_storage",
    "data_centre",
    "telephony",
    "data_analytics",
    "artificial_intelligence",
)
_SERVICE = "SaaS"
# How near, in characters, a word for hosting must stand to the system that is hosted.
_HOSTING_REACH = 80


def hosted_services(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of hosted services in the object; a word for hosting counts near a system."""
    return (*dossier.mentions_of(*HOSTED), *_hosted_systems(dossier), *_called_a_service(dossier))


def _called_a_service(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the abbreviation "SaaS"; in Portugal, where it is also a social service, only beside software."""
    called = dossier.mentions_of("cloud", strengths=(WEAK,))
    software = dossier.mentions_of("software_licence", "software_platform", "software_product", strengths=BOTH)
    return tuple(
        mention for mention in called if mention.term == _SERVICE and (software or dossier.process.country != "PT")
    )


def _hosted_systems(dossier: Dossier) -> Iterator[Mention]:
    """Yield the words for hosting that stand near a system: lodging for a course is no hosting."""
    systems = Places(dossier.mentions_of(*_SYSTEMS, strengths=BOTH))
    for word in dossier.mentions_of("hosting_word"):
        if systems.has_near(word, _HOSTING_REACH):
            yield word
