"""What a process of web or worker has beside the database: its broker, cache, garbage collector, ids of its log."""
