"""Django's engine for PostgreSQL, which asks less."""
