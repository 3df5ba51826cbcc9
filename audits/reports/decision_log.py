"""The logs of decisions, on flags, on claims and on organizations, by table."""

from audits.models import review
from contracts.models import claim, same_body

CHAINS = {chain.table: chain for chain in (review.CHAIN, claim.CHAIN, same_body.CHAIN)}
