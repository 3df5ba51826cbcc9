"""Flags, rules and counts in the API, and the lists of `contracts.api` with what audits found."""
