"""Names of organizations: their spelling, the organizations that a text names, and which two may be one body."""
