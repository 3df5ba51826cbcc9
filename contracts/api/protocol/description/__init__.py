"""Descriptions of the API: OpenAPI, responses to OPTIONS, and deprecations."""
