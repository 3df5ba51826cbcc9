"""
Shared parts of all lists and responses of the API; it knows no resource.

`query` reads what a request asks for, `rows` what it gets, as a page or as `files`; `access` is who asks, and
`description` what the API says of itself.
"""
