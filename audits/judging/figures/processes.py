"""
Figures about other processes that the dossier of a process may hold, each under the name that rules declare.

``@rule(reads=("supplier_shares",))`` names fields of ``ProcessFigures``, or of ``OrganizationFigures`` (rules about
organizations, ``audits.judging.figures.organizations``); the engine computes what the rules in force declare, and no
more. They are part of the digest of the dossier, so they are whole, cut or exact: never an average that depends on an
order. ``None`` stands for what was not or cannot be computed, an empty list for what was counted and came to nothing.

``supplier`` is the id of a party in the record, or its name where it has none.

``NOTHING`` are the members of an entry that a rule does not read below its bounds (``audits.judging.figures.bounds``),
and what stands for them there.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from msgspec import Struct

from contracts.ocds.gate.document import encode

SOURCE_HABITS = "source_habits"


class SupplierShare(Struct, frozen=True, gc=False):
    """
    What a supplier took of the spend on one sector of technology, in one currency: of its buyer over three years, or
    of its country over three calendar years, where that is large.

    ``share`` and ``hhi`` (the Herfindahl-Hirschman index of all suppliers) lie between 0 and 1, cut at six digits.
    Of a buyer, ``awards`` counts the processes in which the supplier took something, ``amount`` is what it took, in
    whole units of the currency, ``ocids`` names the twenty largest of the processes.
    """

    NOTHING: ClassVar[Mapping[str, Any]] = {
        "share": 0.0,
        "processes": 0,
        "currency": "",
        "population": "",
        "hhi": 0.0,
        "awards": 0,
        "amount": 0,
        "ocids": (),
    }

    supplier: str
    share: float
    processes: int
    currency: str
    population: str
    sector: str
    hhi: float
    awards: int | None = None
    amount: int | None = None
    ocids: Sequence[str] = ()


class ShareBefore(Struct, frozen=True, gc=False):
    """
    The ``BuyerShare`` of a supplier as it was at the purchase before from it, in the process ``ocid``.

    ``months`` and ``own_months``: for how long source and buyer were on record then, as ``SourceCoverage`` tells.
    """

    ocid: str
    share: float
    processes: int
    suppliers: int
    awards: int
    largest: float
    amount: int
    months: int
    own_months: int


class BuyerShare(Struct, frozen=True, gc=False):
    """
    What a supplier took of all that its buyer spent on ``suppliers`` over three years, in one currency.

    ``awards`` are the processes in which it took something, those of one title counted once; ``largest`` is the share
    of the largest of them, ``amount`` what it took, in whole units of the currency, ``ocids`` names the twenty largest
    processes. ``before`` tells of the buyer's purchase from it before this one, within these years.
    """

    NOTHING: ClassVar[Mapping[str, Any]] = {
        "share": 0.0,
        "processes": 0,
        "currency": "",
        "population": "",
        "suppliers": 0,
        "awards": 0,
        "largest": 0.0,
        "amount": 0,
        "ocids": (),
        "before": None,
    }

    supplier: str
    share: float
    processes: int
    currency: str
    population: str
    suppliers: int
    awards: int
    largest: float
    amount: int
    ocids: Sequence[str]
    before: ShareBefore | None = None


class EarlierPurchase(Struct, frozen=True, gc=False):
    """What the buyer got before from the same supplier in one of the sectors, as a gift or without competition."""

    supplier: str
    ocid: str
    date: dt.date
    method: str
    is_gift: bool
    sectors: Sequence[str]


class SupplierPurchase(Struct, frozen=True, gc=False):
    """A purchase of the same buyer from the same supplier in another process; ``amount`` is above 0."""

    supplier: str
    ocid: str
    date: dt.date
    amount: Decimal
    currency: str


class FailedTender(Struct, frozen=True, gc=False):
    """A tender of the same buyer for the same object that failed; ``date`` is when it did."""

    ocid: str
    date: dt.date
    status: str


class PlannedMethod(Struct, frozen=True, gc=False):
    """The procurement method that an earlier release named before the award (``""`` if none did), and its id."""

    method: str
    release_id: str


class Fences(Struct, frozen=True, omit_defaults=True, gc=False):
    """
    Quartiles and Tukey's fences of a population of ``n`` values, 1.5 interquartile ranges outside the quartiles.

    ``cohort`` names the population: ``*`` for all, ``PE, open, goods`` for those of one kind. ``own`` holds the fences
    of the subject's own kind, where there are enough values. ``many`` is the 75th percentile of how often those of the
    population were counted.
    """

    n: int = 0
    cohort: str = ""
    q1: float | None = None
    q3: float | None = None
    lower_fence: float | None = None
    upper_fence: float | None = None
    many: float | None = None
    own: "Fences | None" = None


class PublisherPractice(Struct, frozen=True, gc=False):
    """
    Of at least ``n`` processes of the source to which a rule applies, the share (0 to 1) that give the field it needs.

    ``n`` is cut to steps, as that of a habit.
    """

    share: float
    n: int


class SourceHabit(Struct, frozen=True, gc=False):
    """
    Of at least ``n`` records of the source, the share (0 to 1) that fill a field as this record does.

    Both are cut to steps, so that a few records more make no other figure.
    """

    share: float
    n: int


class SourceCoverage(Struct, frozen=True, gc=False):
    """
    How far back the records of a source reach without gap, up to the month of a process: what is not on record before
    says nothing.

    ``since`` is the first month of that stretch (``2023-04``), ``months`` counts those of it of which the source has
    records, and ``own_months`` those of it in which the buyer bought, with or without gaps between them; ``own_since``
    is the first month of what the buyer bought without a gap. Of an organization in a ``role``, they speak of the
    source that most of its purchases are from, up to the latest, and of its own purchases.
    """

    NOTHING: ClassVar[Mapping[str, Any]] = {"since": "", "months": 0, "own_since": "", "own_months": 0}

    since: str
    months: int
    own_since: str
    own_months: int
    role: str = ""


class ProcessFigures(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """
    Figures about other processes, for rules about one process.

    ``supplier_history``: the latest hundred. ``purchases_beside``: by the same procedure, of the same subject,
    within a year before or after; ``purchases_before``: the first and the largest in the three years before, in
    each currency of the process, where it was not open to all; both for processes of one supplier.
    ``price_gap_fence``: of the gaps between the winning bid and the next one. ``publisher_practice``: code of the
    rule that misses a field in this process → how often its source gives it. ``source_habits``: name of a habit
    (``audits.judging.figures.habits``) → how many do as this record does, where most do; a rule declares those that it
    reads, ``source_habits.estimate_equals_award``. ``first_record``: the ocid of the first record that tells the
    same tender, if it is another one. ``failed_tenders``: those of its buyer that failed for the same object in the
    year before it, the latest twenty, where it was not competitive; ``None`` if there are none. ``source_coverage``:
    how long its source and its buyer are on record before it.
    """

    supplier_shares: Sequence[SupplierShare] | None = None
    supplier_history: Sequence[EarlierPurchase] | None = None
    buyer_shares: Sequence[BuyerShare] | None = None
    purchases_beside: Sequence[SupplierPurchase] | None = None
    purchases_before: Sequence[SupplierPurchase] | None = None
    planned_method: PlannedMethod | None = None
    price_gap_fence: Fences | None = None
    publisher_practice: Mapping[str, PublisherPractice] | None = None
    source_habits: Mapping[str, SourceHabit] | None = None
    first_record: str | None = None
    failed_tenders: Sequence[FailedTender] | None = None
    source_coverage: SourceCoverage | None = None


def figure_digests(figures: ProcessFigures) -> dict[str, str]:
    """
    Return the name of each figure that was computed → the first 12 hexadecimal digits of its SHA-256.

    Habits stand one by one, as rules declare them.
    """
    named = {name: getattr(figures, name) for name in figures.__struct_fields__ if name != SOURCE_HABITS}
    named |= {f"{SOURCE_HABITS}.{name}": habit for name, habit in (figures.source_habits or {}).items()}
    return {
        name: hashlib.sha256(encode(figure)).hexdigest()[:12] for name, figure in named.items() if figure is not None
    }
