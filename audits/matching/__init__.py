"""Finds words and names in texts: lexicon, lists, laws, and what invalidates a mention. Pure."""
