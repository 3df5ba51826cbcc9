"""Pure: the only code that knows the JSON of OCDS."""
