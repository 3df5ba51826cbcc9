"""Who asks: accounts by their tokens, and how much each may ask for."""
