"""The codes of OCDS and ISO, in whatever words people write them, and what a currency was worth."""
