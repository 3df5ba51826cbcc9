"""What is reported about rules: what data they can ask of, how they do, what they changed, and how people judge."""
