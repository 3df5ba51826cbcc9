"""The admin of what was published: records to read, publishers and tokens to keep, files to hand in."""

from contracts.admin import organizations, processes, publishers, releases, submissions, tokens

__all__ = ["organizations", "processes", "publishers", "releases", "submissions", "tokens"]
