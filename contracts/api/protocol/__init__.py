"""What all lists and answers of the API share; it knows no resource."""
