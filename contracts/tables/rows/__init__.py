"""A row of a table → an OCDS release."""
