"""The search: results, suggestions, and followed searches."""
