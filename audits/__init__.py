"""Rules ask about published records, flags store what they found, people decide."""
