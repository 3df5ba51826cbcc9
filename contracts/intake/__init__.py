"""Submissions in: bytes are received, read as a stream, and become releases, processes and typed rows."""
