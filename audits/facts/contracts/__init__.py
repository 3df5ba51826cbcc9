"""What was awarded and signed, and what became of it: values, terms, amendments, payments."""
