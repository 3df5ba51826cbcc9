"""What `make demo` shows: made-up people, contracts and decisions, each marked as an example."""
