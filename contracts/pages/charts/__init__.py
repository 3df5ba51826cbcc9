"""
Pictures drawn on the server as SVG: readable in black and white, on paper and by a screen reader, without a script.

A chart is drawn in units that are pixels at its natural size. Colours are attributes, so that the picture stands alone
in another page; the style sheet of the site goes before them, for light and dark. What a picture says stands in its
table too: see ``contracts.pages.pictures``.
"""
