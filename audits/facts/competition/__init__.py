"""Participants in a tender, their bids, and the time for bidding."""
