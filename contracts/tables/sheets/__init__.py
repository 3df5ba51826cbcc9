"""A file of tables → sheets, row by row: CSV, workbooks, and the tables of PDFs, DOCX and web pages."""
