"""What operators see: whether the site works, and figures of what it does. Never which record, flag or sender."""
