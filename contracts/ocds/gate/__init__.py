"""Untrusted bytes → the releases in them, before any parser builds values."""
