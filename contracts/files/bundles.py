"""A ZIP or an e-mail → the files in it, which a process of its own takes out."""

import base64
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from msgspec import Struct

from contracts.files.isolated import ReaderDiedError, run_isolated
from contracts.files.kinds import FileKind
from contracts.files.limits import LIMITS, ReaderLimits
from contracts.ocds.problems import Problem

_IN_MEMORY_BYTES = 1024**2
# Where a problem of a member stands, behind which comes its number.
PLACE = "/members/"


class Member(Struct):
    """
    A file in a bundle: its number, from 1, in the order of the bundle, its path, and its content or its problem.

    ``is_text`` if it is the text of an e-mail, whose path is that of the mail with a slash, or empty. ``file`` lasts
    until the next member is asked for.
    """

    number: int
    path: str
    is_text: bool
    file: IO[bytes]
    problem: Problem | None = None


def members_of(file: IO[bytes], kind: FileKind, limits: ReaderLimits = LIMITS) -> Iterator[Member]:
    """
    Yield the files in a bundle, including those in nested ones; if the process dies, the last member says so.

    :param file: with a descriptor
    :param kind: one of ``unpacking.BUNDLES``
    """
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as content:
        member = None
        number = 0
        try:
            for line in run_isolated("contracts.files.unpacking", file, kind.value, limits=limits):
                if "member" in line:
                    if member:
                        yield member
                    number += 1
                    content.seek(0)
                    content.truncate()
                    member = Member(number, line["member"], line["is_text"], content)
                elif member:
                    _take(line, member)
            if member:
                yield member
        except ReaderDiedError:
            # What it was at is broken off.
            broken = Problem("member_left_out", "stopped")
            yield Member(max(number, 1), member.path if member else "", False, content, broken)


def _take(line: dict[str, Any], member: Member) -> None:
    if "refused" in line:
        code, variant, values = line["refused"]
        member.problem = Problem(code, variant, values)
    else:
        member.file.write(base64.b64decode(line["data"]))
