"""
The plan: the procurement method that earlier releases of a process name.

A compiled release keeps only the last value of each member, so a changed plan is visible only in the releases.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from contracts.ocds.corrections import MemberReader
from contracts.ocds.gate.document import decode
from contracts.ocds.merging.history import ReleaseStamp, read_history
from contracts.ocds.parsing.pieces import code_in
from contracts.ocds.problems import Limits, RefusedError

# https://standard.open-contracting.org/1.1/en/schema/codelists/#release-tag
_PLAN_TAGS = frozenset({"planning", "planningUpdate", "tender", "tenderUpdate", "tenderAmendment"})
_AWARD_TAGS = frozenset(
    {
        "award",
        "awardUpdate",
        "awardCancellation",
        "contract",
        "contractUpdate",
        "contractAmendment",
        "contractTermination",
        "implementation",
        "implementationUpdate",
    }
)


class ReleaseMethod(Struct, frozen=True):
    """``method`` is ``""`` if the release names none; ``has_award``: there was an award by then."""

    release_id: str
    date: datetime | None
    method: str
    is_plan: bool
    has_award: bool


class _Members(Struct):
    """The members that are read; others are skipped without being parsed."""

    id: Any = None
    date: Any = None
    tag: Any = None
    tender: Any = None
    awards: Any = None
    contracts: Any = None


_MEMBERS = msgspec.json.Decoder(_Members)


def read_method(content: bytes, limits: Limits) -> ReleaseMethod | None:
    """
    Read the procurement method of one release, from the received bytes.

    :returns: `None` for a release that the gate would refuse today
    """
    try:
        release = msgspec.structs.asdict(_MEMBERS.decode(content))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        try:
            release = decode(content, limits).value
        except RefusedError:
            return None
    reader = MemberReader()
    tags = frozenset(reader.texts(release, "tag", ""))
    return ReleaseMethod(
        release_id=reader.text(release, "id", ""),
        date=reader.instant(release, "date", ""),
        method=code_in(reader, reader.mapping(release, "tender", ""), "procurementMethod", "/tender"),
        is_plan=not tags.isdisjoint(_PLAN_TAGS),
        has_award=bool(not tags.isdisjoint(_AWARD_TAGS) or release.get("awards") or release.get("contracts")),
    )


def planned_method(releases: Sequence[ReleaseMethod], awarded: datetime | None) -> ReleaseMethod | None:
    """
    Return the earliest release of planning or tender that names a method, or else the earliest that names none.

    Only releases from before the award count, which needs a date.

    :param releases: in order of arrival: of several with one id one counts, as for the merge
    :param awarded: date of the first award, if the record has it
    """
    history = read_history([ReleaseStamp(release.release_id, release.date) for release in releases])
    latest = [releases[place] for place in history.counted]
    ends = [release.date for release in latest if release.has_award and release.date is not None]
    end = min(ends if awarded is None else [*ends, awarded], default=None)
    plans = sorted(
        (
            (not release.method, release.date, release.release_id, release)
            for release in latest
            if release.is_plan
            and not release.has_award
            and release.date is not None
            and (end is None or release.date < end)
        ),
        key=lambda plan: plan[:3],
    )
    return plans[0][3] if plans else None
