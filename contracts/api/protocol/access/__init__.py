"""Authentication of accounts by token, and rate limits."""
