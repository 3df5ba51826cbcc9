"""Rules and their input: how a rule set judges a dossier. Pure."""
