"""A process → the rows of the tables, and the keys that these keep."""
