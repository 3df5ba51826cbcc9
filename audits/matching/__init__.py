"""Words and names found in texts: the lexicon, the lists, laws, and what takes a mention away. Pure."""
