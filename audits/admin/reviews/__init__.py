"""Past decisions, second looks at them, and how they are measured."""
