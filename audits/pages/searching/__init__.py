"""The search: what it finds, what is near it, and what of it is followed."""
