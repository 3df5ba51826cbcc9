"""Every rule as a public page."""
