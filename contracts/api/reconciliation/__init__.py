"""A reconciliation service for names of organizations, in the protocol that OpenRefine speaks."""
