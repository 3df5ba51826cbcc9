"""Accounts of people and programs, and invitations."""
