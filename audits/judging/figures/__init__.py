"""Numbers about other processes that rules read: their types, and how finely rules distinguish them."""
