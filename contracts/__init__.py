"""What was published: taken in as it arrives, kept, and read into typed rows."""
