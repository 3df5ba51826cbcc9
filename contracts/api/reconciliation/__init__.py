"""A reconciliation service for names of organizations, as OpenRefine speaks to one."""
