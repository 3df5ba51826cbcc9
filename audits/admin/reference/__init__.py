"""The inputs of rule sets: lists, parameters and states of rules. Each change is previewed."""
