"""What a person does and sees in Chromium: the desk by keys, pages on a telephone, what axe-core finds."""
