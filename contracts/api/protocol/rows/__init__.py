"""The rows of an answer: columns, includes, facets, pages, and how PostgreSQL writes them."""
