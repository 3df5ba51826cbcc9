"""The procurement: stages, bids, money, contracts, and the organizations in them."""
