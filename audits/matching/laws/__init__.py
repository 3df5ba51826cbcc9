"""Citations of laws in texts, and the grounds on which laws permit buying without competition."""
