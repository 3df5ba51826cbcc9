"""The numbers about other processes that rules may read: their types, and what rules can tell apart in them."""
