"""The logs of decisions, on flags and on claims, by table."""

from audits.models import review
from contracts.models import claim

CHAINS = {chain.table: chain for chain in (review.CHAIN, claim.CHAIN)}
