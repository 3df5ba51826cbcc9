"""Reference data of a rule set, and the files that it is read from."""
