"""Reports on rules: what data they can be asked of, how they fare, what they changed, and how people decide."""
