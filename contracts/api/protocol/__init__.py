"""Shared parts of all lists and responses of the API; it knows no resource."""
