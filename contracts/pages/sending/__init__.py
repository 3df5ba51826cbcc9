"""The form: people send facts, links and files without knowing OCDS, and follow what became of them by a receipt."""
