"""
What the reader of workbooks leaves out, and what would be lost with it: cells that show an error and formulas that no
program has worked out, which it gives as empty, what cells of an ODS are merged, and which rows nobody sees.

Run within its process, on what strangers built: what can not be understood tells nothing.
"""
