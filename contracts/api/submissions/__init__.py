"""Submissions in the API: send records, try them out first, read what became of them."""
