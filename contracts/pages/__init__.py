"""Pages of records: what the admin and the public pages show alike, and the form."""
