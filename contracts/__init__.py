"""Published records: received, kept as they arrived, and parsed into typed rows."""
