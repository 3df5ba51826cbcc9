"""
Charts drawn on the server as SVG, readable in black and white, on paper and by screen readers, without scripts.

A chart is drawn in units that are pixels at its natural size. Colours are attributes, so that the SVG can be embedded
elsewhere; the site's style sheet overrides them, for light and dark. Each chart comes with a table of the same data:
see ``contracts.pages.pictures``.
"""
