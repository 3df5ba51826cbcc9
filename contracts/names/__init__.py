"""Names of organizations: how they are spelt, whom a text names, and which two may be one body."""
