"""What deserves a look: rules ask of what was published, flags hold what they found, people decide."""
