"""All that everyone may see, as files of every night."""
