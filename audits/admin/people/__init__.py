"""Accounts of people and programs, and how those who are new come by them."""
