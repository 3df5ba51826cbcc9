"""Documents of submissions: read, attached to contracts, and listed as links of records."""
