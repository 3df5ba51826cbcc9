"""What several rules read from a dossier. Pure."""
