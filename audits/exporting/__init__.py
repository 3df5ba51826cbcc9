"""Exports of whole lists as files, written in the background."""
