"""Django's PostgreSQL engine, with fewer questions to the server."""
