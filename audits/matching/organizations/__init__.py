"""Names of organizations in texts, and the lists of organizations that matter to a rule."""
