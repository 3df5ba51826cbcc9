"""What tests share, and what `make messages` and `make rule` run."""
