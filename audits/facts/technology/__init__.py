"""What is bought and whom it is for: which technology, and where it looks at people, links them or binds its buyer."""
