"""The XML of OpenDocument files (ODT, ODS), read as a stream of elements."""

from typing import Protocol
from xml.parsers import expat


class DamagedError(Exception):
    """Raised if the XML is broken, or declares an entity: no office program writes one, and entities can grow."""


class Reader(Protocol):
    """What takes the elements of a part as they begin and end, and the texts between them."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


def read_elements(part: bytes, reader: Reader) -> None:
    """
    Pass the elements of a part to a reader, in the order of the file.

    :raises DamagedError: where it can be read no further
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise DamagedError from error


def _refuse(*_declaration: object) -> None:
    raise DamagedError
