"""Numbers about other processes that rules may read: their types, and how finely rules distinguish them."""
