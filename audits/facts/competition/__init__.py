"""Who took part, what they offered, and the time they had."""
