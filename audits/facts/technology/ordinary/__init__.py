"""Ordinary purchases: what watches a body's own vehicles, staff and offices, and goods that any office buys."""
