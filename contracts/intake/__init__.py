"""Receives submissions: bytes are read as a stream and become releases, processes and typed rows."""
