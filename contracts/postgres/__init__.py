"""What Django's queries do not say: COPY, locks, search, statements that are planned once, triggers."""
