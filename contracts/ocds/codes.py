"""Codes of OCDS that code and SQL both test for."""

# Statuses of awards and contracts of which nothing came.
CANCELLED = ("cancelled", "unsuccessful")

# Values of procurementMethod. A record that gives none is in neither.
COMPETITIVE = ("open", "selective")
NON_COMPETITIVE = ("direct", "limited")
# What a release needs to be merged with others, whichever of its other members are taken.
MERGE_MEMBERS = frozenset({"ocid", "id", "date", "tag", "language", "initiationType"})
# A member of this name is ours, whatever a record says itself.
OUR_MEMBER = "veedor"

# Of a party: a role of the extension for the European Union, which the profile for eForms has too.
LEAD_TENDERER = "leadTenderer"
