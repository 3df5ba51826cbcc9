"""
Runs audits: finds what is due, reads it, lets pure rules judge it, writes audits and flags.

PostgreSQL says what is due; a queue message is only a hint. Locks are taken in one order, here as in
``audits.contributions.recording``: contracting processes, groups of peers, track records; each kind by its key.
"""
