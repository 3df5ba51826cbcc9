"""A chart as a separate file, with its title, its subject and its source."""

import re
from textwrap import wrap

from contracts.pages.charts.drawing import LETTER, SIZE
from contracts.pages.xml_texts import as_xml

_MARGIN = 12
_LINE = 16
_TITLE_SIZE = 15
_TITLE_LINE = 20
_QUIET = ' fill="#5c646d"'
_BOX = re.compile(r'viewBox="0 0 ([0-9.]{1,12}) ([0-9.]{1,12})"')


def standalone(drawing: str, title: str, caption: str, source: str) -> str:
    """
    Return the SVG of a picture on its own background, readable on dark pages too.

    :param drawing: SVG made by ``frame``
    :param source: who publishes it, and where
    :raises ValueError: if ``drawing`` has no size
    """
    box = _BOX.search(drawing)
    if box is None:
        raise ValueError(drawing[:80])
    width, height = map(float, box.groups())
    above = wrap(title, int(width / (LETTER * _TITLE_SIZE)))
    below = [(line, False) for line in wrap(caption, int(width / (LETTER * SIZE)))]
    below += [(line, True) for line in wrap(source, int(width / (LETTER * SIZE)))]
    top = _MARGIN + len(above) * _TITLE_LINE
    bottom = top + height + _LINE
    parts = [
        f'<text x="{_MARGIN}" y="{_MARGIN + 14 + number * _TITLE_LINE}" font-size="{_TITLE_SIZE}" '
        f'font-weight="600">{as_xml(line)}</text>'
        for number, line in enumerate(above)
    ]
    # The drawing keeps its units and is only moved.
    parts.append(drawing.replace("<svg ", f'<svg x="{_MARGIN}" y="{top + 4}" ', 1))
    parts += [
        f'<text x="{_MARGIN}" y="{bottom + 4 + number * _LINE:g}"{_QUIET if is_quiet else ""}>{as_xml(line)}</text>'
        for number, (line, is_quiet) in enumerate(below)
    ]
    whole_width, whole_height = width + 2 * _MARGIN, bottom + len(below) * _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole_width:g} {whole_height:g}" '
        f'width="{whole_width:g}" height="{whole_height:g}" role="img" font-family="system-ui, sans-serif" '
        f'font-size="{SIZE}" fill="#22262b"><title>{as_xml(title)}</title><desc>{as_xml(caption)}</desc>'
        f'<rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>'
    )
