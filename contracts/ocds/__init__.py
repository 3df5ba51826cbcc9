"""Pure: the only code that knows the JSON format of OCDS."""
