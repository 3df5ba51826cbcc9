"""What Django's ORM cannot express: COPY, locks, search, statements that are planned once, triggers."""
