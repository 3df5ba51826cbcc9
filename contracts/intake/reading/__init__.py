"""What a submission holds: its entries, as a worker reads them and a preview does, and the report of them."""
