"""Technologies as the addresses of pages name them: the sectors of the rules in plain words."""

from audits.matching.scope import SECTORS

_NAMED = {
    "telecoms": "networks",
    "command_centre": "command-centres",
    "digital_identity": "digital-identity",
    "software_platform": "software-platforms",
}
# Slug of a technology → sector, in the order of the sectors.
TECHNOLOGIES = {_NAMED.get(sector, sector): sector for sector in SECTORS}
SLUGS = {sector: slug for slug, sector in TECHNOLOGIES.items()}
