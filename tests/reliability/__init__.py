"""Real servers and workers, killed and emptied: nothing is lost, only later."""
