"""Responses that are files: whole lists as CSV, JSON Lines and XLSX, and files on disk, whole or by range."""
