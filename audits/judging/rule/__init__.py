"""What a rule is: its form, its answers, its evidence and its texts in each language."""
