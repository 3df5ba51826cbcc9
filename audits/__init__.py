"""What deserves a look: rules ask about published records, flags hold what they found, people decide."""
