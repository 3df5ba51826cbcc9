"""
Samples of flags for a reader: chosen by chance, written with their records, and counted once they are judged.

The verdicts stand in CSV files with the columns of ``VERDICT_COLUMNS``, one row a flag. Nothing here touches a
database.
"""

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

VERDICT_COLUMNS = ("id", "rule", "publisher", "digest", "verdict", "cause", "why")
# The shares that a rule must reach before it asks in earnest: of the judged flags, right at least and wrong at most.
MIN_RIGHT = 0.8
MAX_WRONG = 0.1


class WrittenVerdict(StrEnum):
    """A reader's verdict on a flag, as the files write it; ``audits.models.Verdict`` says what each means."""

    RIGHT = "RIGHT"
    IDLE = "TRUE BUT IDLE"
    WRONG = "WRONG"


class Candidate(Struct, frozen=True, gc=False):
    """
    A flag that may be chosen; ``key`` is its fingerprint, ``source`` a publisher or a prefix of ocids, ``digest`` what
    tells it as it stands from itself when it changed.
    """

    id: int
    rule: str
    source: str
    key: bytes
    digest: bytes = b""


class VerdictError(ValueError):
    """Verdicts that cannot be read; the message says where and why."""


class VerdictCounts(Struct, frozen=True):
    """How many flags were found right, idle and wrong, and how many are not judged yet."""

    right: int = 0
    idle: int = 0
    wrong: int = 0
    unjudged: int = 0

    @property
    def judged(self) -> int:
        return self.right + self.idle + self.wrong

    @property
    def reaches_goal(self) -> bool | None:
        """Whether enough are right and few enough wrong, ``None`` where nothing is judged."""
        if not self.judged:
            return None
        return self.right >= MIN_RIGHT * self.judged and self.wrong <= MAX_WRONG * self.judged

    def as_json(self) -> dict[str, Any]:
        return {**structs.asdict(self), "reaches_goal": self.reaches_goal}


def choose(candidates: Iterable[Candidate], *, per_rule: int, per_source: int, seed: int) -> list[Candidate]:
    """
    Return at most ``per_rule`` flags of each rule, at most ``per_source`` of them of one source, by rule and chance.

    The sources take turns, so that a large one does not crowd out the small. Chance is a hash of seed and fingerprint:
    the same flags and seed give the same sample, in every database.
    """
    by_rule: dict[str, dict[str, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for candidate in candidates:
        by_rule[candidate.rule][candidate.source].append(candidate)
    chosen: list[Candidate] = []
    for _, by_source in sorted(by_rule.items()):
        turns = [
            (turn, _draw(seed, candidate.key), candidate)
            for of_source in by_source.values()
            for turn, candidate in enumerate(sorted(of_source, key=lambda entry: _draw(seed, entry.key))[:per_source])
        ]
        chosen.extend(candidate for _, _, candidate in sorted(turns, key=lambda entry: entry[:2])[:per_rule])
    return chosen


def _draw(seed: int, key: bytes) -> bytes:
    return hashlib.sha256(b"%d:%s" % (seed, key)).digest()


def count_verdicts(rows: Iterable[Mapping[str, str]]) -> dict[str, dict[str, VerdictCounts]]:
    """Return rule → source → counts, both in order, of rows as ``read_verdicts`` gives them."""
    counted: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows:
        counted[row["rule"]][row["publisher"]][row["verdict"]] += 1
    return {
        rule: {
            source: VerdictCounts(*(verdicts[verdict] for verdict in (*WrittenVerdict, "")))
            for source, verdicts in sorted(of_rule.items())
        }
        for rule, of_rule in sorted(counted.items())
    }


def add_up(counts: Iterable[VerdictCounts]) -> VerdictCounts:
    """Return the sum of counts."""
    each = list(counts)
    return VerdictCounts(*(sum(getattr(entry, name) for entry in each) for name in VerdictCounts.__struct_fields__))


def read_verdicts(path: Path) -> list[dict[str, str]]:
    """
    Read a CSV file of verdicts; one that is not given yet is ``""``.

    :raises OSError: if the file cannot be read
    :raises VerdictError: if a column is missing, or a row has another verdict than a ``WrittenVerdict``
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = {"rule", "publisher", "verdict"} - set(reader.fieldnames or ())
        if missing:
            raise VerdictError(f"{path} has no column {', '.join(sorted(missing))}")
        rows = []
        for row in reader:
            verdict = " ".join((row["verdict"] or "").upper().split())
            if verdict and verdict not in set(WrittenVerdict):
                known = ", ".join(WrittenVerdict)
                raise VerdictError(f"{path}, line {reader.line_num}: the verdict {verdict!r} is not one of {known}")
            rows.append({**row, "verdict": verdict})
    return rows


def write_verdict_form(path: Path, chosen: Sequence[Candidate]) -> None:
    """Write a row with an empty verdict for each flag; raises FileExistsError, for a file may hold verdicts."""
    with path.open("x", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(VERDICT_COLUMNS)
        writer.writerows((flag.id, flag.rule, flag.source, flag.digest.hex(), "", "", "") for flag in chosen)
