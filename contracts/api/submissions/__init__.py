"""Send records, try them out, and read what came of them."""
