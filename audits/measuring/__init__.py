"""How right the rules are, measured on notices that people labelled: for development, no page or audit uses it."""
