"""Hosted services, and the countries where texts say that data is."""
