"""Decisions as people make them: on one flag or on many, and what goes with that (who works on it, notes)."""
