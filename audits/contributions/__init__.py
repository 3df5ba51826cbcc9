"""What one audited record adds to the figures of others: purchases, observations, participations."""
