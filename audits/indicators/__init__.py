"""
Integrity indicators over a file of compiled releases, without a database.

The eleven red flags of the Open Contracting Partnership that OCDS Cardinal 0.0.8 computes, under one of two profiles:
`cardinal` gives Cardinal's results exactly, `veedor` corrects its known defects (see `profiles`). One module holds one
indicator; `run` reads the file, in several processes where that pays, and merges what they found.

Pure: no framework, no database, no clock, no network.
"""
