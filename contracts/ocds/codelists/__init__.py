"""Codes of OCDS and ISO in people's words, and exchange rates."""
