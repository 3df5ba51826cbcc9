"""What one release adds to the indicators of organizations, under the `veedor` profile."""

from typing import NamedTuple

from audits.indicators.part import Job, indicators, run_part
from audits.indicators.r025 import R025
from audits.indicators.r038 import R038, Tally
from audits.indicators.r048 import R048, Supplier
from audits.indicators.settings import Settings

_JOB = Job(Settings(codes=frozenset({R025.code, R038.code, R048.code})), "veedor")
_CODES = [indicator.code for indicator in indicators(_JOB)]


class Tallies(NamedTuple):
    """
    The tallies of R025, R038 and R048: `won` holds processes won and processes with a valid bid by tenderer,
    `disqualified` bids disqualified, bids submitted and processes by group and organization.
    """

    won: dict[str, list[int]]
    disqualified: dict[str, Tally]
    supplied: dict[str, Supplier]


def read_tallies(line: bytes) -> Tallies:
    """Read one line of JSON; all tallies are empty if it is not a release, or one that is cancelled."""
    found = dict(zip(_CODES, run_part(_JOB, [line]).tallies, strict=True))
    return Tallies(found[R025.code], found[R038.code], found[R048.code])
