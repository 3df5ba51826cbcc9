"""The admin of records: read them, upload files, edit publishers and tokens, look up who did what."""

from contracts.admin import organizations, processes, publishers, releases, retention, submissions, tokens, trail

__all__ = ["organizations", "processes", "publishers", "releases", "retention", "submissions", "tokens", "trail"]
