"""Decisions of people on records, each with a reason: on claims, and on pairs of rows that may be the same."""
