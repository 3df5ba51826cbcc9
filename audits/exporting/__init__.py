"""Whole lists as files, written while nobody waits for them."""
