"""Facts that several rules read from a dossier. Pure."""
