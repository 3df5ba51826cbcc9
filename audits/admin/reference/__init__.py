"""What rule sets are made of: lists, parameters and states of rules, each change previewed."""
