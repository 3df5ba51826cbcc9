"""What a text says is bought: its first words, its scope and sectors, and what the text classifier makes of it."""
