"""Values as people write them in forms and tables → exact values, and OCDS releases."""
