"""Facts about the technology bought: its kind, and whether it watches people, links bodies or binds the buyer."""
