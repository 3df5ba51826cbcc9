"""Figures that pages show: counted from purchases, cached, drawn, and described in sentences."""
