"""The admin of records: read them, upload files, edit publishers and tokens."""

from contracts.admin import organizations, processes, publishers, releases, submissions, tokens

__all__ = ["organizations", "processes", "publishers", "releases", "submissions", "tokens"]
