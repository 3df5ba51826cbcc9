"""Rules and what they are given: how a rule set judges a dossier. Pure."""
