"""How fast and how right: `make bench`, README.md has the figures, HISTORY.md what was tried."""
