"""Comparisons with figures about other processes and organizations."""
