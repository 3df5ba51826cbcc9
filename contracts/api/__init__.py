"""Records in the API: one module for each resource."""
