"""
Facts that the reader of workbooks does not report, read from the file itself: cells that show an error and formulas
that no program has computed (both arrive empty), merged cells of an ODS, hidden rows, texts beside numbers, and links.

Runs in the reader's process, on files of strangers: what cannot be parsed is ignored.
"""
