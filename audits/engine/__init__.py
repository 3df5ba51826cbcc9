"""
Runs audits: finds due subjects, reads them, lets pure rules judge them, writes audits and flags.

PostgreSQL knows what is due; a queue message is only a hint. Locks are always taken in this order, also in
``audits.contributions.recording``: contracting processes, groups of peers, track records; within each kind by key.
"""
