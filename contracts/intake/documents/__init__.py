"""Documents that were sent: read, attached to contracts, and named by records."""
