"""
An ODT → a copy without metadata, made in a process of its own.

The visible content of an ODT is in few parts, so the copy consists of these: text, styles and pictures.
"""

import io
import re
import zipfile
import zlib
from typing import Any

from contracts.documents.stripping import strip_part
from contracts.files.odt import UnreadableError, part_of

_TYPE = b"application/vnd.oasis.opendocument.text"
_VERSION = re.compile(rb'<office:document-content [^<>]{0,20000}? office:version="([\d.]{1,5})"')
_SHOWN = ("content.xml", "styles.xml")
_PICTURES = re.compile(r"Pictures/[\w.-]{1,200}\.(?:png|jpe?g|gif|tiff?)", re.IGNORECASE)
# What office programs call their parts: senders write no name of their own so.
_PART = re.compile(r"[a-zA-Z.\d ]{1,30}")
_NAMESPACES = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:oasis:names:tc:opendocument:xmlns:meta:1.0": "meta",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://openoffice.org/2009/office": "officeooo",
}
# Element → what it is called in the list of what was left out. Names written in the text itself stay.
_LEFT_OUT = {
    "office:annotation": "comments",
    "office:annotation-end": "comments",
    "text:tracked-changes": "changes",
    "text:change": "changes",
    "text:change-start": "changes",
    "text:change-end": "changes",
    "office:meta": "metadata",
    "office:scripts": "scripts",
    "office:event-listeners": "scripts",
    "office:settings": "settings",
    "draw:object": "attachments",
    "draw:object-ole": "attachments",
    "draw:plugin": "attachments",
    "dc:creator": "authors",
    "dc:date": "authors",
}
_DAMAGES = (UnreadableError, zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError)
_HREF = "{http://www.w3.org/1999/xlink}href"
# Where a link leads that names no machine and no file of one.
_WEB = re.compile(r"(?:https?:|mailto:|#|Pictures/)", re.IGNORECASE)


def clean_odt(content: bytes) -> tuple[bytes, set[str]]:
    """
    Return an ODT with only its text, styles and pictures: no comments, changes, authors and paths of machines.

    :raises ValueError: if it cannot be read
    """
    from lxml import etree  # type: ignore[import-untyped]  # noqa: PLC0415 - after the limits

    removed: set[str] = set()
    kept: dict[str, bytes] = {"mimetype": _TYPE}
    try:
        part_of(content, "content.xml")
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            for name in dict.fromkeys(source.namelist()):
                if name in _SHOWN:
                    kept[name] = _clean_xml(source.read(name), removed, etree)
                elif _PICTURES.fullmatch(name):
                    kept[name] = strip_part(source.read(name), removed)
                elif name not in {"mimetype", "META-INF/manifest.xml"} and not name.endswith("/"):
                    removed.add(name.rpartition("/")[0] or name)
    except (*_DAMAGES, etree.XMLSyntaxError) as error:
        raise ValueError(str(error)) from error
    return _packed(kept), {_called(name) for name in removed}


def _called(part: str) -> str:
    """Return a name of what was left out that a sender did not choose."""
    return part if _PART.fullmatch(part) else "attachments"


def _clean_xml(part: bytes, removed: set[str], etree: Any) -> bytes:
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True))
    for element in list(root.iter(etree.ProcessingInstruction, etree.Entity)):
        _take_out(element)
    for element in list(root.iter(etree.Element)):
        if word := _LEFT_OUT.get(_short(element.tag)):
            removed.add(word)
            _take_out(element)
            continue
        for attribute in list(element.attrib):
            if _short(attribute).startswith("officeooo:"):  # marks of who edited a stretch, and when
                del element.attrib[attribute]
                removed.add("rsids")
        if _HREF in element.attrib and not _WEB.match(element.attrib[_HREF]):
            element.attrib[_HREF] = ""
            removed.add("paths")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _short(tag: str) -> str:
    namespace, _brace, name = tag.removeprefix("{").rpartition("}")
    return f"{_NAMESPACES.get(namespace, namespace)}:{name}"


def _take_out(element: Any) -> None:
    """Take out an element, and not the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _packed(parts: dict[str, bytes]) -> bytes:
    """Return the file: its type first and as it is, then a list of its parts."""
    found = _VERSION.search(parts["content.xml"])
    # Without the version of the text in the list, office programs take the file for a broken one.
    version = f' manifest:version="{found[1].decode()}"' if found else ""
    rows = [("/", version, _TYPE.decode()), *((name, "", _media_type(name)) for name in parts if name != "mimetype")]
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{name}"{of_it} manifest:media-type="{kind}"/>'
        for name, of_it, kind in rows
    )
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest{version} '
        f'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{listed}</manifest:manifest>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy:
        for name, part in {**parts, "META-INF/manifest.xml": manifest.encode()}.items():
            # A new entry: the old one tells when it was written, and by which program.
            fresh = zipfile.ZipInfo(name)
            fresh.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            copy.writestr(fresh, part)
    return file.getvalue()


def _media_type(name: str) -> str:
    return "text/xml" if name.endswith(".xml") else ""
