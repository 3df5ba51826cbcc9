"""The page of a flag: its evidence, what changed, what stands around it, and its case file."""
