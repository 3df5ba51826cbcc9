"""What people keep (lexicon, lists, parameters, legal limits) → the rule sets in force."""
