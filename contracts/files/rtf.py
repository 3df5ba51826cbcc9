r"""
The text of an RTF (Rich Text Format 1.9.1), read in a process of its own.

Control words that say nothing of the text are skipped, and so are the groups that hold no text of the body: lists of
fonts and people, properties, comments, pictures, and every destination marked with ``\*``.
"""

import re

# One of: a control word with its number, a byte in hex, a control sign, a bracket, a line of the file, or text.
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_LEFT_OUT = frozenset(
    b"fonttbl colortbl stylesheet info pict object objdata nonshppict header headerl headerr headerf footer footerl "
    b"footerr footerf annotation atnid atnauthor atntime atndate fldinst filetbl revtbl xe tc txe rxe template "
    b"themedata datastore listtable listoverridetable rsidtbl generator userprops private bkmkstart bkmkend".split()
)
_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"tab": "\t", b"cell": "\t",
    b"nestcell": "\t", b"nestrow": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ",
}  # fmt: skip
_OF_SIGNS = {b"~": "\xa0", b"_": "-", b"-": "\xad", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_DESTINATION = b"*"
# No program nests groups so deeply.
_MAX_DEPTH = 500
_LAST_CODE = 0x10000


class DamagedError(Exception):
    """Raised if an RTF nests its groups more deeply than any program does."""


class _Group:
    """
    What holds within brackets: whether they hold no text of the body, or what a change took out, and how many
    characters stand in for one that is given by its code.
    """

    def __init__(self, around: "_Group | None" = None) -> None:
        self.is_left_out: bool = around is not None and around.is_left_out
        self.is_deleted: bool = around is not None and around.is_deleted
        self.stand_ins: int = around.stand_ins if around else 1

    @property
    def is_read(self) -> bool:
        return not (self.is_left_out or self.is_deleted)


def text_of_rtf(content: bytes) -> str:
    """
    Return the text, its paragraphs on lines of their own, without what a change took out.

    :raises DamagedError: if its groups are nested too deeply
    """
    return _Text(content).read()


class _Text:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._groups = [_Group()]
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._encoding = "cp1252"
        self._skipped = 0  # characters that stand in for one given by its code
        self._half = 0  # the first half of a character of two codes

    def read(self) -> str:
        at = 0
        while token := _TOKEN.match(self._content, at):
            at = token.end()
            word, number, byte, sign, bracket, text = token.groups()
            if word == b"bin":
                at += max(int(number or 0), 0)
            elif word:
                self._take_word(word, int(number) if number else None)
            elif bracket:
                self._take_bracket(bracket)
            elif sign:
                self._take_sign(sign)
            elif byte or text:
                self._take_bytes(bytes([int(byte, 16)]) if byte else text)
        self._write("")
        return "".join(self._parts).replace("\x00", "")

    def _take_bracket(self, bracket: bytes) -> None:
        self._skipped = 0
        if bracket == b"{":
            if len(self._groups) > _MAX_DEPTH:
                raise DamagedError
            self._groups.append(_Group(self._groups[-1]))
        elif len(self._groups) > 1:
            self._groups.pop()

    def _take_word(self, word: bytes, number: int | None) -> None:
        group = self._groups[-1]
        if word in _LEFT_OUT:
            group.is_left_out = True
        elif word == b"deleted":
            group.is_deleted = number != 0
        elif word == b"ansicpg" and number:
            self._encoding = _known_encoding(f"cp{number}")
        elif word == b"mac":
            self._encoding = "mac_roman"
        elif word == b"uc" and number is not None:
            group.stand_ins = min(max(number, 0), 10)
        elif word == b"u" and number is not None:
            self._take_code(number % _LAST_CODE)
            self._skipped = group.stand_ins
        elif word in _SIGNS:
            self._write(_SIGNS[word])

    def _take_code(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self._half = code
            return
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((self._half - 0xD800) << 10) + code - 0xDC00 if self._half else ord("?")
        self._half = 0
        self._write(chr(code))

    def _take_sign(self, sign: bytes) -> None:
        if sign == _DESTINATION:
            self._groups[-1].is_left_out = True
        elif sign in _OF_SIGNS and not self._is_skipped():
            self._write(_OF_SIGNS[sign])

    def _is_skipped(self) -> bool:
        is_skipped = self._skipped > 0
        self._skipped -= is_skipped
        return is_skipped

    def _take_bytes(self, text: bytes) -> None:
        skipped = min(self._skipped, len(text))
        self._skipped -= skipped
        if self._groups[-1].is_read:
            self._bytes += text[skipped:]

    def _write(self, text: str) -> None:
        """Write a text behind the bytes before it, of which two may be one character."""
        if self._bytes:
            self._parts.append(self._bytes.decode(self._encoding, "replace"))
            self._bytes.clear()
        if text and self._groups[-1].is_read:
            self._parts.append(text)


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name
