"""A database of an earlier version, migrated: what people saw, set and sent stays."""
