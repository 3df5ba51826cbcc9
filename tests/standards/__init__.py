"""What a running site gives out, checked by the tools of OCDS, FollowTheMoney and OpenAPI: `make standards`."""
