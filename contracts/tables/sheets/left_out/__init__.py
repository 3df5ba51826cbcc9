"""
What the reader of workbooks does not report, looked up in the file itself: cells that show an error and formulas that
no program has computed (both come as empty), merged cells of an ODS, hidden rows, what stands beside numbers,
and what cells lead to.

Runs within the reader's process, on files of strangers: what cannot be understood is ignored.
"""
