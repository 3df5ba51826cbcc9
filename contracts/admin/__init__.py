"""The admin of records: read, upload, decide on claims, edit publishers, rights and tokens, see who did what."""

from contracts.admin import (
    attachments,
    claims,
    documents,
    organizations,
    processes,
    publishers,
    receipts,
    releases,
    retention,
    same_bodies,
    same_processes,
    submissions,
    tokens,
    trail,
)
