"""
The files of a ZIP or an e-mail, written as JSON lines: run as a process of its own, by ``run_isolated``.

Argument: the kind of file. A line is ``{"member": path, "is_text": …}``, followed by its content in parts, ``{"data":
base64}``, or by ``{"refused": [code, variant, values]}``. ZIPs and mails in others are opened too; a path names them
all, and ends with a slash where it is the text of a mail. Nothing is written to disk, so a path may be anything.
"""

import base64
import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.files.kinds import IS_ENCRYPTED, MAX_UNPACKED_BYTES, FileKind, kind_of_file
from contracts.files.lines import write_lines
from contracts.files.mail import parts_of
from contracts.ocds.problems import Problem, RefusedError

# More than one person sends at once.
MAX_MEMBERS = 100
# A ZIP in a mail in a ZIP is opened, and no more.
MAX_DEPTH = 3
MAX_PATH = 300
CHUNK_BYTES = 1024**2
_JUNK = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_OF_MACINTOSH = "__MACOSX/"
_UTF8_NAME = 0x800


BUNDLES = frozenset({FileKind.ZIP, FileKind.MAIL})


class Found(NamedTuple):
    """A file, with its content or why it is not read."""

    path: str
    content: bytes = b""
    is_text: bool = False
    problem: Problem | None = None
    kind: FileKind | None = None  # where its container says it


class _EnoughError(Exception):
    """Raised at the file with which a limit on all that is inside is reached."""

    def __init__(self, found: Found) -> None:
        super().__init__(found.path)
        self.found = found


class _Opening:
    """How much has been taken out of a file and of what lies in it."""

    def __init__(self) -> None:
        self.members = self.bytes = 0

    def open(self, kind: FileKind, content: bytes, path: str = "", depth: int = 1) -> Iterator[Found]:
        for found in _of_zip(content) if kind is FileKind.ZIP else _of_mail(content):
            self.bytes += len(found.content)
            inside = found._replace(path=path + _shown(found.path), content=found.content)
            if self.bytes > MAX_UNPACKED_BYTES:
                raise _EnoughError(_refused(inside, "member_left_out", "size", limit=MAX_UNPACKED_BYTES))
            if not found.problem and not found.is_text:
                yield from self._take(inside, depth)
            else:
                yield self._counted(inside)

    def _take(self, inside: Found, depth: int) -> Iterator[Found]:
        try:
            kind = inside.kind or kind_of_file(io.BytesIO(inside.content))
        except RefusedError as refused:
            yield self._counted(inside._replace(problem=refused.problems[0]))
            return
        if kind not in BUNDLES:
            yield self._counted(inside)
        elif depth < MAX_DEPTH:
            yield from self.open(kind, inside.content, f"{inside.path}/", depth + 1)
        else:
            yield self._counted(_refused(inside, "member_left_out", "depth", limit=MAX_DEPTH))

    def _counted(self, found: Found) -> Found:
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise _EnoughError(_refused(found, "member_left_out", "count", limit=MAX_MEMBERS))
        return found


def _refused(found: Found, code: str, variant: str, **values: Any) -> Found:
    return found._replace(problem=Problem(code, variant, values))


def _of_zip(content: bytes) -> Iterator[Found]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for entry in archive.infolist():
            path = _name_of(entry)
            base = path.rstrip("/").rpartition("/")[2]
            if entry.is_dir() or path.startswith(_OF_MACINTOSH) or base.lower() in _JUNK:
                continue
            if entry.flag_bits & IS_ENCRYPTED:
                yield _refused(Found(path), "file_refused", "encrypted", kind=FileKind.ZIP.value)
                continue
            try:
                found = Found(path, archive.read(entry))
            except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, ValueError, zlib.error):
                found = _refused(Found(path), "file_refused", "damaged", kind=FileKind.ZIP.value)
            yield found


def _name_of(entry: zipfile.ZipInfo) -> str:
    """Return the name of an entry; old programs do not declare its encoding, which is DOS or UTF-8."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    name = entry.filename.encode("cp437", "replace")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp850", "replace")


def _of_mail(content: bytes) -> Iterator[Found]:
    try:
        for part in parts_of(content):
            found = Found(part.name, part.content, part.is_text, kind=FileKind.MAIL if part.is_mail else None)
            yield _refused(found, "member_left_out", "logo") if part.is_logo else found
    except (RecursionError, LookupError, ValueError):
        yield _refused(Found(""), "file_refused", "damaged", kind=FileKind.MAIL.value)


def _shown(path: str) -> str:
    return "".join(letter for letter in path.replace("\\", "/") if letter.isprintable())[-MAX_PATH:]


def read(kind: FileKind, content: bytes) -> Iterator[dict[str, Any]]:
    try:
        for found in _Opening().open(kind, content):
            yield from _lines(found)
    except _EnoughError as enough:
        yield from _lines(enough.found)


def _lines(found: Found) -> Iterator[dict[str, Any]]:
    yield {"member": found.path, "is_text": found.is_text}
    if found.problem:
        yield {"refused": [found.problem.code, found.problem.variant, found.problem.values]}
        return
    for start in range(0, len(found.content), CHUNK_BYTES):
        yield {"data": base64.b64encode(found.content[start : start + CHUNK_BYTES]).decode()}


if __name__ == "__main__":
    write_lines(lambda: read(FileKind(sys.argv[1]), sys.stdin.buffer.read()))
