"""Releases of one contracting process → its compiled release."""
