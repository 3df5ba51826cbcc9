"""Pages of records: parts shared by the admin and the public pages, and the form."""
