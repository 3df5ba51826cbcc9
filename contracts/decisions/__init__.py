"""What people decide of records, each time with a reason: on claims, and on pairs that may be one."""
