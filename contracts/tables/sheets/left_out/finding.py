"""A workbook → what its reader leaves out of each sheet."""

import io
import zipfile
from collections.abc import Callable

from contracts.tables.sheets.left_out import ods, xls, xlsx
from contracts.tables.sheets.left_out.sheet import DAMAGED, LeftOut

_OLE = b"\xd0\xcf\x11\xe0"
_OPEN_DOCUMENT, _STYLES = "content.xml", "styles.xml"


def left_out_of(content: bytes) -> Callable[[str], LeftOut]:
    """Return a function from the name of a sheet to what is left out of it."""
    try:
        if content.startswith(_OLE):
            return _of(xls.left_out(content))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _OPEN_DOCUMENT in archive.namelist():
                styles = archive.read(_STYLES) if _STYLES in archive.namelist() else b""
                return _of(ods.left_out(archive.read(_OPEN_DOCUMENT), styles))
            return xlsx.Sheets(content).left_out
    except DAMAGED:
        return _of({})  # the reader of workbooks reports the damage


def _of(sheets: dict[str, LeftOut]) -> Callable[[str], LeftOut]:
    return lambda name: sheets.get(name) or LeftOut()
