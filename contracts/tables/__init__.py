"""Tables as publishers and activists have them → OCDS releases, row by row."""
