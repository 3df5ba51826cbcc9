"""A compiled release → typed objects, with a log of corrections."""
