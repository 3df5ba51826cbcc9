"""
What the two profiles do differently, and nothing else: an indicator asks its profile, it never looks at its name.

`Profile` is OCDS Cardinal 0.0.8 to the last bit. `Veedor` corrects what is wrong there, and reads bids and awards as
the rules do (see `competition`):

* moments are compared as moments, not as text; a date without an offset is taken as UTC, and counted in Meta;
* a period that ends before it starts, or as it starts, is no short period; it is counted in Meta;
* the time to bid begins with the enquiry period where that is earlier, is counted in days of the calendar, as laws do,
  and not asked of direct and limited procedures, nor of methods that OCDS has no code for;
* buyers and procuring entities are measured by their processes, not by their bids;
* a population of fewer than 10, or one whose quartiles are equal, gives no verdict;
* an amount of 0 or less is a missing amount;
* prices are compared within one currency, whichever it is, so that the order of the lines decides nothing; who is
  cheaper is asked only of bids that are all in one currency and not tenfold apart, and where nobody has both a valid
  and a disqualified one, for then lots are not told;
* rules that assume the lowest price wins are applied only if `awardCriteria` says so or is missing;
* bids compete within their lots, and awards are final lot by lot;
* codes are read whatever their case, and a bid that another system calls qualified or not-qualified has the code that
  this means;
* a consortium is one party: it wins if its members are the suppliers of the award, and it has not bid identically with
  another bid that shares a member.
"""

from collections.abc import Iterable, Sequence

from audits.indicators import instants
from audits.indicators.competition import Party, bid_both_ways, compete, lie_far_apart, lowest_price_wins, party_of
from audits.indicators.process import Contest, Offer, contest
from audits.indicators.records import Classification, OrganizationReference, Release, Tender, Value
from audits.indicators.results import Results
from audits.indicators.statistics import Fences
from contracts.ocds.codelists.codes import COMPETITIVE, bid_status, code_of

MINIMUM_SAMPLE = 10


class Profile:
    """OCDS Cardinal 0.0.8. Only what has one tenderer or one supplier is a party; there are no lots."""

    name = "cardinal"
    counts_processes = False
    """Whether the minimum of a buyer or procuring entity is one of processes, and not of bids."""

    def amount(self, value: Value) -> float | None:
        """The amount, if it is one that can be compared."""
        return value.amount

    def read_codes(self, release: Release) -> None:
        """Put codes of the codelists in place of statuses and the like; here they stay as they are written."""

    def party(self, references: Sequence[OrganizationReference]) -> Party | None:
        """The party that bid or was awarded, if its ids are known."""
        if len(references) != 1 or (id_ := references[0].id) is None:
            return None
        return (id_,)

    def are_rivals(self, one: frozenset[str], other: frozenset[str]) -> bool:
        """Whether two bids of these tenderers are bids of different parties."""
        return one != other

    def is_one(self, parties: Iterable[frozenset[str]]) -> bool:
        """Whether these tenderers of several bids are the same single party."""
        return len(frozenset().union(*parties)) == 1

    def contests(self, release: Release, offers: list[Offer]) -> list[Contest]:
        """The bids and awards of a process, in groups that compete with each other."""
        return [contest(offers, release.awards or [], self.party)]

    def markets(self, offers: list[Offer], results: Results) -> Iterable[list[Offer]]:
        """The bids with a price, in groups of which one can tell who is cheaper."""
        # The main currency is the setting, else the first that is seen; other values are left out.
        main = [
            offer
            for offer in offers
            if offer.amount is not None and (offer.currency == results.currency or results.is_main(offer.currency))
        ]
        return (main,) if main else ()

    def lowest_price_wins(self, _tender: Tender | None, /) -> bool:
        """Whether the process may be judged by the rule that the lowest price wins."""
        return True

    def time_to_bid(self, tender: Tender, _results: Results, /) -> tuple[str, str] | None:
        """The start and end of the time to bid, None if they are not known or nobody else was to bid."""
        period = tender.tender_period
        if period is None or period.start_date is None or period.end_date is None:
            return None
        return period.start_date, period.end_date

    def days(self, start: str, end: str, _results: Results, /) -> int | None:
        """Whole days from `start` to `end`, None if one cannot be read or they are not a period."""
        since, until = instants.strict(start), instants.strict(end)
        return None if since is None or until is None else instants.whole_days_between(since, until)

    def is_late(self, date: str, deadline: str, _results: Results, /) -> bool:
        """Whether a bid of `date` came after `deadline`."""
        return date > deadline

    def category(self, classification: Classification, digits: int) -> tuple[str, str]:
        """Scheme and leading characters of an item classification; only those of one scheme are added up."""
        return "", (classification.id or "")[:digits]

    def can_judge(self, _fences: Fences, /) -> bool:
        """Whether a population is such that its fences mean something."""
        return True

    def meta(self, fences: Fences) -> dict[str, float]:
        """What is shown of a population in Meta."""
        return {"q1": fences.q1, "q3": fences.q3}


class Veedor(Profile):
    """Cardinal's indicators without its defects; see the module's text."""

    name = "veedor"
    counts_processes = True

    def amount(self, value: Value) -> float | None:
        return value.amount if value.amount is not None and value.amount > 0 else None

    def read_codes(self, release: Release) -> None:
        if (tender := release.tender) is not None:
            tender.status = code_of(tender.status or "", "status") or None
            tender.procurement_method = code_of(tender.procurement_method or "", "procurementMethod") or None
            tender.award_criteria = code_of(tender.award_criteria or "", "awardCriteria") or None
        for award in release.awards or ():
            award.status = code_of(award.status, "status") if award.status else award.status
        for bid in (release.bids.details if release.bids else None) or ():
            bid.status = bid_status(bid.status) if bid.status else bid.status

    def party(self, references: Sequence[OrganizationReference]) -> Party | None:
        return party_of(references)

    def are_rivals(self, one: frozenset[str], other: frozenset[str]) -> bool:
        return one.isdisjoint(other)

    def is_one(self, parties: Iterable[frozenset[str]]) -> bool:
        return len(set(parties)) == 1

    def contests(self, release: Release, offers: list[Offer]) -> list[Contest]:
        lots = 0 if release.tender is None or release.tender.lots is None else len(release.tender.lots)
        return [contest(*group, self.party) for group in compete(offers, release.awards or [], lots=lots)]

    def markets(self, offers: list[Offer], results: Results) -> Iterable[list[Offer]]:
        by_currency: dict[str, list[Offer]] = {}
        for offer in offers:
            if offer.amount is not None:
                by_currency.setdefault(offer.currency, []).append(offer)
        if len(by_currency) != 1 or bid_both_ways((offer.status, offer.party) for offer in offers):
            return ()
        ((currency, priced),) = by_currency.items()
        if lie_far_apart([offer.amount for offer in priced if offer.amount is not None]):
            return ()
        return (priced,) if results.is_wanted(currency) else ()

    def lowest_price_wins(self, tender: Tender | None, /) -> bool:
        return tender is None or lowest_price_wins(tender.award_criteria)

    def time_to_bid(self, tender: Tender, results: Results, /) -> tuple[str, str] | None:
        if tender.procurement_method not in (None, "", *COMPETITIVE):
            return None
        period = super().time_to_bid(tender, results)
        if period is None or tender.enquiry_period is None or (asked := tender.enquiry_period.start_date) is None:
            return period
        since, until, earlier = (instants.lenient(text) for text in (*period, asked))
        if since is None or until is None or earlier is None:
            return period
        # A period that is none stays one: enquiries only tell when a sound period began.
        is_sound = instants.nanoseconds_between(since, until) > 0
        is_earlier = instants.nanoseconds_between(earlier, since) > 0
        return (asked, period[1]) if is_sound and is_earlier else period

    def days(self, start: str, end: str, results: Results, /) -> int | None:
        since, until = instants.lenient(start), instants.lenient(end)
        if since is None or until is None:
            return None
        if not (since.zoned and until.zoned):
            results.note("R003", "dates_without_offset")
        length = instants.nanoseconds_between(since, until)
        if length <= 0:
            results.note("R003", "negative_periods" if length else "periods_without_length")
            return None
        days = instants.calendar_days_between(since, until)
        if not days:
            results.note("R003", "periods_of_a_session")
        return days or None

    def is_late(self, date: str, deadline: str, results: Results, /) -> bool:
        sent, until = instants.lenient(date), instants.lenient(deadline)
        if sent is None or until is None:
            return False
        if not (sent.zoned and until.zoned):
            results.note("R030", "dates_without_offset")
        if not (sent.timed and until.timed):
            return sent.date > until.date  # a day is over when the next one has begun
        return instants.nanoseconds_between(until, sent) > 0

    def category(self, classification: Classification, digits: int) -> tuple[str, str]:
        return classification.scheme or "", (classification.id or "")[:digits]

    def can_judge(self, fences: Fences, /) -> bool:
        # Ratios that are equal on paper differ in the last bits.
        return fences.n >= MINIMUM_SAMPLE and fences.q3 - fences.q1 > 1e-9 * max(1, abs(fences.q3))

    def meta(self, fences: Fences) -> dict[str, float]:
        return {"n": fences.n, **super().meta(fences)}


PROFILES: dict[str, Profile] = {profile.name: profile for profile in (Profile(), Veedor())}
