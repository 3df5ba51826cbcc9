"""Headers of a table → the facts that its columns hold."""
