"""Technologies in addresses and titles of pages: the sectors of the rules in plain words."""

from audits.matching.purchases import scope
from audits.pages.labels import SECTORS

_NAMED = {
    "telecoms": "networks",
    "command_centre": "command-centres",
    "digital_identity": "digital-identity",
    "software_platform": "software-platforms",
}
# Slug of a technology → sector, in the order of the sectors.
TECHNOLOGIES = {_NAMED.get(sector, sector): sector for sector in scope.SECTORS}
SLUGS = {sector: slug for slug, sector in TECHNOLOGIES.items()}


def technology_name(sector: str) -> str:
    """Return the name of a technology as the title of a page."""
    name = str(SECTORS[sector])
    return name[:1].upper() + name[1:]
