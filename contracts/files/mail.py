"""
The text and the files of an e-mail (RFC 5322, MIME), taken apart in a process of their own.

Its headers tell who wrote to whom, when and from where; nothing of them is returned, nor of those that a program
quotes above an earlier mail. They stay in the original, which is sealed.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message
from html.parser import HTMLParser
from typing import Any, NamedTuple

# A logo in a signature has less, a page that somebody photographed has more.
MAX_LOGO_BYTES = 16 * 1024
_BLOCKS = re.compile(
    "address|article|blockquote|br|caption|center|d[dlt]|div|footer|form|h[1-6r]|header|li|[ou]l|p(?:re)?|table|tr"
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})
_LABELS = (
    "from|sent|to|cc|bcc|date|subject|reply-to|de|enviado|enviado el|enviada em|enviado em|para|cco|fecha|data|asunto|"
    "assunto|responder a|responder para"
)
_QUOTED_HEADER = re.compile(rf"\A[>\s|*_]*+(?:{_LABELS})[*_]*+\s?:[*_]*+(?:\s|\Z)", re.IGNORECASE)
# So many of them in a row are the head of an earlier mail.
_MIN_HEADERS = 3
# "El lun, 3 mar 2025, Ana <ana@example.org> escribió:", also where it goes on in a second line.
_ATTRIBUTION = re.compile(
    r"^(?:[>|] ?){0,10}[^\n<>|]{1,300}(?:\n(?:[>|] ?){0,10}[^\n<>|]{0,200})?"
    r"<[^<>\s@]{1,100}@[^<>\s]{1,100}>[^\n]{0,60}:[ \r]*$",
    re.MULTILINE,
)
_LEFT_OUT = "[…]"
_SPACE = re.compile(r"\s+")
_EMPTY_LINES = re.compile(r"\n{3,}")


class MailPart(NamedTuple):
    """A file of a mail, or its text: then it has no name; ``is_mail`` if it is a mail that was forwarded as a file."""

    name: str
    content: bytes
    is_text: bool = False
    is_mail: bool = False
    is_logo: bool = False


class _Leaf(NamedTuple):
    kind: str  # "plain" or "html", which are the text, or "file"
    part: Message


def parts_of(content: bytes) -> Iterator[MailPart]:
    """Yield the text of a mail, if it has any, and its files, in their order."""
    leaves = list(_leaves(message_from_bytes(content, policy=policy.compat32)))
    texts = [_text_of(leaf) for leaf in leaves if leaf.kind != "file"]
    if text := without_quoted_headers("\n\n".join(filter(None, texts))).strip():
        yield MailPart("", text.encode("utf-8", "replace"), is_text=True)
    for number, leaf in enumerate((leaf for leaf in leaves if leaf.kind == "file"), 1):
        yield _file_of(leaf.part, number)


def _leaves(part: Message) -> Iterator[_Leaf]:
    kind = part.get_content_type()
    if part.is_multipart() and kind != "message/rfc822":
        inside = [leaf for inner in _inner(part) for leaf in _leaves(inner)]
        has_plain = kind == "multipart/alternative" and any(leaf.kind == "plain" and _text_of(leaf) for leaf in inside)
        # Of alternatives with the same content, the plain text is read.
        yield from (leaf for leaf in inside if not (has_plain and leaf.kind == "html"))
    elif kind in {"text/plain", "text/html"} and not part.get_filename() and not _is_attached(part):
        yield _Leaf(kind.removeprefix("text/"), part)
    else:
        yield _Leaf("file", part)


def _inner(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"


def _text_of(leaf: _Leaf) -> str:
    content: Any = leaf.part.get_payload(decode=True) or b""
    charset = leaf.part.get_content_charset() or "utf-8"
    try:
        text = content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        text = content.decode("cp1252", "replace")
    return (text if leaf.kind == "plain" else text_of_html(text)).replace("\r\n", "\n").strip()


def _file_of(part: Message, number: int) -> MailPart:
    name = _decoded(part.get_filename() or "") or f"{number}"
    if part.get_content_type() == "message/rfc822" and (inner := _inner(part)):
        return MailPart(name, inner[0].as_bytes(policy=policy.compat32), is_mail=True)
    payload: Any = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    is_shown = bool(part.get("Content-ID")) and not _is_attached(part)
    is_logo = is_shown and part.get_content_maintype() == "image" and len(content) < MAX_LOGO_BYTES
    return MailPart(name, content, is_logo=is_logo)


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (LookupError, ValueError):  # an encoding that nobody knows
        return name


def without_quoted_headers(text: str) -> str:
    """Return a text without the headers of quoted mails: sender, receiver and time."""
    lines: list[str] = []
    head: list[str] = []
    for line in [*text.split("\n"), ""]:
        if _QUOTED_HEADER.match(line) or (head and line[:1] in {" ", "\t"} and line.strip()):
            head.append(line)
            continue
        lines += [_LEFT_OUT] if len(head) >= _MIN_HEADERS else head
        head = []
        lines.append(line)
    return _ATTRIBUTION.sub(_LEFT_OUT, "\n".join(lines[:-1]))


def text_of_html(html: str) -> str:
    """Return the text that a page shows, its blocks on lines of their own, its cells apart."""
    parser = _Shown()
    parser.feed(html)
    parser.close()
    lines = "\n".join(line.strip() for line in "".join(parser.parts).split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines)


class _Shown(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, _attributes: Any) -> None:
        self._unseen += tag in _UNSEEN
        self.parts += ["\n"] if _BLOCKS.fullmatch(tag) else ["\t"] if tag in _CELLS else []

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(self._unseen - (tag in _UNSEEN), 0)
        self.parts += ["\n"] if _BLOCKS.fullmatch(tag) else []

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(_SPACE.sub(" ", data))
