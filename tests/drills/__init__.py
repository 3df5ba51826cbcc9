"""Drills: what strangers send and ask, and what breaks, by the thousands and by chance. See README.md."""
