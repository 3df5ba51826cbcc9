"""Documents (PDF, DOCX, scans) → text, page by page, with how much of them could be read."""
