"""Contributions of an audited record to the figures of others: purchases, observations, participations."""
