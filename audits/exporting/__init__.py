"""Whole lists as files, written in the background."""
