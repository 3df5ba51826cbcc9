"""The page of a flag: its evidence, its changes, its context, and its case file."""
