"""The content of a submission: its entries, as read by the worker and by previews, and the report about them."""
