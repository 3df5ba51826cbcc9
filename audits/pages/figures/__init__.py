"""Figures that pages show: counted from purchases, cached, drawn, and told in sentences."""
