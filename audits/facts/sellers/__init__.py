"""Listed vendors, and what they or a financier give with the purchase."""
