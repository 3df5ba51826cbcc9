"""What a rule is: its form, its outcomes, its evidence and its texts in each language."""
