"""
Cut a stream of JSON, or of JSON Lines, into its releases and records.

In JSON Lines each line is scanned separately, so that a broken line does not affect others.
"""

import itertools
from collections.abc import Iterable, Iterator

from contracts.ocds.gate.cutting import TEXT, Piece, Scanner
from contracts.ocds.problems import Limits, Problem


def scan(chunks: Iterable[bytes], limits: Limits) -> Iterator[Piece | Problem]:
    """
    Cut a stream of UTF-8 JSON.

    :param chunks: the stream without byte order mark, in chunks of any size; JSON Lines are recognised if the first
        chunk shows the start of the second line
    """
    stream = iter(chunks)
    head = next(stream, b"")
    if _is_json_lines(head):
        yield from _scan_lines(itertools.chain([head], stream), limits)
        return
    scanner = Scanner(limits)
    for chunk in itertools.chain([head], stream):
        yield from scanner.feed(chunk)
    yield from scanner.close()


def _is_json_lines(head: bytes) -> bool:
    """
    Return whether a line that is a JSON value is followed by one that starts another: within one text there are none.

    A line with only a bracket belongs to indented JSON, and may be followed by one-line values.
    """
    lines = [line.strip() for line in head.split(b"\n", 64) if line.strip()]
    pairs = itertools.pairwise(lines)
    return any(other[:1] in b"{[" and _is_whole(one) for one, other in pairs) and len(lines[0]) > 1


def _is_whole(line: bytes) -> bool:
    """Return whether all brackets that a line opens are closed in it."""
    if line[:1] not in b"{[" or line[-1:] not in b"}]":
        return False
    bare = TEXT.sub(b"", line)
    return bare.count(b"{") == bare.count(b"}") and bare.count(b"[") == bare.count(b"]")


def _scan_lines(chunks: Iterable[bytes], limits: Limits) -> Iterator[Piece | Problem]:
    line, offset, pending = 1, 0, b""
    scanner: Scanner | None = None  # Of a line longer than a chunk.
    for chunk in chunks:
        if scanner is None:
            lines, newline, pending = (pending + chunk).rpartition(b"\n")
            if newline:
                yield from _scan_whole_lines(lines + newline, limits, line, offset)
                line += lines.count(b"\n") + 1
                offset += len(lines) + 1
            if len(pending) < len(chunk):
                continue
            scanner = Scanner(limits, line=line, start=offset, is_line=True)
            chunk, pending = pending, b""  # noqa: PLW2901
        rest, newline, after = chunk.partition(b"\n")
        yield from scanner.feed(rest + newline)
        offset += len(rest) + len(newline)
        if newline:
            yield from scanner.close()
            line, scanner, pending = line + 1, None, after
    if scanner is not None:
        yield from scanner.close()
    elif pending:
        yield from _scan_whole_lines(pending, limits, line, offset)


def _scan_whole_lines(lines: bytes, limits: Limits, line: int, offset: int) -> Iterator[Piece | Problem]:
    """Scan lines together, which is faster; if that finds anything odd, scan each by itself."""
    scanner = Scanner(limits, line=line - 1, start=offset)
    together = [*scanner.feed(lines), *scanner.close()]
    count = lines.count(b"\n") + (not lines.endswith(b"\n"))
    if scanner.line == line - 1 + count and not any(isinstance(entry, Problem) for entry in together):
        yield from together
        return
    for number, own in enumerate(lines.splitlines(keepends=True)):
        alone = Scanner(limits, line=line + number, start=offset, is_line=True)
        yield from alone.feed(own)
        yield from alone.close()
        offset += len(own)
