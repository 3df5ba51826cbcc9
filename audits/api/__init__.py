"""Flags, rules and counts in the API, and the lists of `contracts.api` extended by the results of audits."""
