"""Contracts that may be on record already: told to who sends them, asked of people, merged by none of it."""
