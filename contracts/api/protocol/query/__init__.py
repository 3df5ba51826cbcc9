"""What a request asks for: strict parameters, filters, searches, and warnings about what these could not judge."""
