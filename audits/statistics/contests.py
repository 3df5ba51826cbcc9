"""Purchases of one contest (``audits.contributions.contests``) count once."""

# SQL of what those of one contest share, over a purchase ``q``; one that an earlier version wrote is one by itself.
CONTEST = "coalesce(nullif(q.contest, ''), q.process_id::text)"
