"""Decisions on one flag or on many, and what accompanies them: assignees and notes."""
