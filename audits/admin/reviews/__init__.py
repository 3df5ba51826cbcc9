"""Decisions that were made, second looks at them, and what they are measured by."""
