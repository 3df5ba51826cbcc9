"""Answers that are files: whole lists as CSV, JSON Lines and XLSX, and files of the disk, whole or a range."""
