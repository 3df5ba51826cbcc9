"""Names of products that no list contains."""
