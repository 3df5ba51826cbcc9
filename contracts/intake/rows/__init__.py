"""A process → rows of the tables, and their keys."""
