"""What the API says of itself: OpenAPI, the answer to OPTIONS, and what it will drop."""
