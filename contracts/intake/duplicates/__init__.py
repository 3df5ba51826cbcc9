"""Contracts that may already be on record: reported to senders, and decided by people; nothing is merged here."""
