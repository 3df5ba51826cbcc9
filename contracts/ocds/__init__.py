"""Pure reading of OCDS: the only code that knows its JSON."""
