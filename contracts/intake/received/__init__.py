"""Received bytes: sender, kind, and storage."""
