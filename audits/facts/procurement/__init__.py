"""How something was bought: stages, bids, money, contracts, and the organizations in them."""
