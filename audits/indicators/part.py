"""Indicators over some lines of the input: the work that several processes can share."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audits.indicators import records
from audits.indicators.base import Indicator
from audits.indicators.competition import NOT_SUBMITTED, Party
from audits.indicators.price_gaps import PriceGaps
from audits.indicators.process import Offer, Process
from audits.indicators.profiles import PROFILES, Profile
from audits.indicators.r003 import R003
from audits.indicators.r018 import R018
from audits.indicators.r024 import R024
from audits.indicators.r025 import R025
from audits.indicators.r028 import R028
from audits.indicators.r030 import R030
from audits.indicators.r035 import R035
from audits.indicators.r036 import R036
from audits.indicators.r038 import R038, Tally
from audits.indicators.r048 import R048, Supplier
from audits.indicators.r058 import R058
from audits.indicators.records import Bid, Release
from audits.indicators.results import Results
from audits.indicators.settings import Settings


class Tenderers(Indicator):
    code = "tenderers"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        for offer in process.offers:
            if offer.is_submitted:
                for id_ in offer.ids:
                    results.link("ocid_tenderer", process.ocid, id_)


SHOWN = 20  # skipped lines that are reported one by one


@dataclass(frozen=True)
class Job:
    """What to compute: the same for every part of the input. `profile` is a name of PROFILES."""

    settings: Settings = field(default_factory=Settings)
    profile: str = "veedor"
    maps: bool = False


@dataclass
class Part:
    """
    What some lines of the input gave: results, the tallies of the indicators in their order, and how many lines there
    were, of these releases, and skipped. `skipped` holds (line from 1, reason) of the first ones.
    """

    results: Results
    tallies: list[Any]
    lines: int
    releases: int
    skipped_lines: int
    skipped: list[tuple[int, str]]


def indicators(job: Job) -> list[Indicator]:
    """The indicators of a job, what others build on first."""
    settings, profile = job.settings, PROFILES[job.profile]
    codes = settings.codes
    chosen: list[Indicator] = []
    if job.maps and codes & {"R025", "R038", "R048"}:
        chosen.append(Tenderers(settings, profile))
    if codes & {"R024", "R058"}:
        gaps = PriceGaps(settings, profile)
        chosen.append(gaps)
        chosen += [kind(settings, profile, gaps) for kind in (R024, R058) if kind.code in codes]
    plain: list[type[Indicator]] = [R003, R018, R025, R028, R030, R035, R036, R038, R048]
    chosen += [kind(settings, profile) for kind in plain if kind.code in codes]
    return chosen


def run_part(job: Job, lines: Iterable[bytes], currency: str | None = None) -> Part:
    """
    Run the indicators over lines of JSON, without concluding.

    `currency` is the main currency if it is known from earlier lines. A line that is no JSON is skipped; one that is
    JSON but no release with an `ocid` is passed over.
    """
    profile = PROFILES[job.profile]
    chosen = indicators(job)
    looking = [indicator for indicator in chosen if type(indicator).see is not Indicator.see]
    with_bids = [indicator.see for indicator in looking]
    without_bids = [indicator.see for indicator in looking if not indicator.needs_bids]
    results = Results(currency=job.settings.currency, maps=job.maps)
    results.currency = results.currency if currency is None else currency
    excluded = job.settings.excluded_method_details
    number = releases = skipped_lines = 0
    skipped: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):  # the last number is the count
        try:
            if not line.isascii():
                line.decode()
            release = records.read(line)
        except ValueError as error:
            if not line.isspace():
                skipped_lines += 1
                if len(skipped) < SHOWN:
                    skipped.append((number, str(error)))
            continue
        if release is None:
            continue
        releases += 1
        profile.read_codes(release)
        tender = release.tender
        if tender is not None and (
            tender.status == "cancelled" or (excluded and tender.procurement_method_details in excluded)
        ):
            continue
        offers = _offers(release, profile)
        process = Process(str(release.ocid), release, tender, offers, profile.contests(release, offers))
        for see in with_bids if offers else without_bids:
            see(process, results)
    return Part(results, [indicator.tally for indicator in chosen], number, releases, skipped_lines, skipped)


def _offers(release: Release, profile: Profile) -> list[Offer]:
    if release.bids is None or not release.bids.details:
        return []
    return [_offer(bid, bid.status, profile) for bid in release.bids.details if bid.status is not None]


def _offer(bid: Bid, status: str, profile: Profile) -> Offer:
    amount, currency = None, ""
    if (value := bid.value) is not None and value.currency is not None:
        amount, currency = profile.amount(value), value.currency
    tenderers = bid.tenderers or ()
    if len(tenderers) == 1 and (only := tenderers[0].id):  # the usual bid, a party under any profile
        ids: list[str] = [only]
        party: Party | None = (only,)
    else:
        ids = [tenderer.id for tenderer in tenderers if tenderer.id is not None]
        party = profile.party(tenderers)
    return Offer(status, status not in NOT_SUBMITTED, bid.date, amount, currency, ids, party, bid.related_lots)


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
