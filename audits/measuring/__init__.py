"""How accurate the rules are on notices that people labelled. For development: no page or audit uses it."""
