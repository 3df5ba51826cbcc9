"""Everything public, written to files each night."""
