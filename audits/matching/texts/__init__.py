"""Folded text and its language, lists of words, their inflected forms, and what negates them."""
