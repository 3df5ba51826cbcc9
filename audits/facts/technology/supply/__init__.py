"""What is supplied together and under which brands, and what ties the buyer to one vendor."""
