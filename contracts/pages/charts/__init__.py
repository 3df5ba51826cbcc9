"""
Pictures drawn on the server as SVG: readable in black and white, on paper and by a screen reader, without a script.

A chart is drawn in units that are pixels at its natural size. Colours are attributes, so that the picture can stand
in another page; the style sheet of the site overrides them, for light and dark. Each picture has a table that says the
same: see ``contracts.pages.pictures``.
"""
