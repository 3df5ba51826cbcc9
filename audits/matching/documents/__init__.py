"""Kinds of documents, and the clauses of contracts."""
