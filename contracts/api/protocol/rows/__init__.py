"""The rows of a response: columns, includes, facets, pages, and their SQL."""
