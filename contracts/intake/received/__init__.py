"""Bytes on their way in: whose they are, what they are, and where they are kept."""
