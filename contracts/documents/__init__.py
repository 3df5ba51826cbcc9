"""Documents (PDF, DOCX, ODT, RTF, text, scans) → text, page by page, with how much of them could be read."""
