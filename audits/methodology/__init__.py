"""The methodology: every rule as a public page."""
