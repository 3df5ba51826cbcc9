"""What people write in forms and tables → exact values, and OCDS releases."""
