"""
Figures about other processes in the dossier of a process, under the names that rules declare.

``@rule(reads=("supplier_shares",))`` names fields of ``ProcessFigures``, or of ``OrganizationFigures`` (rules about
organizations, ``audits.judging.figures.organizations``); the engine computes only what the rules in force declare.
Figures are part of the dossier's digest, so they are integers, rounded or exact: never an average that depends on an
order. ``None`` stands for what was not or cannot be computed, an empty list for a count without results.

``supplier`` is the id of a party in the record, or its name if it has none.

``NOTHING`` are the members of an entry that a rule does not read below its bounds (``audits.judging.figures.bounds``),
and their substitutes.
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
    A supplier's share of the spending on one sector of technology in one currency: by its buyer over three years, or,
    where that is large, by its country over three calendar years.

    ``share`` and ``hhi`` (the Herfindahl-Hirschman index of all suppliers) are between 0 and 1, truncated to six
    digits. For a buyer, ``awards`` is the number of processes in which the supplier sold something, ``amount`` what it
    sold, in whole units of the currency, ``ocids`` the twenty largest of these processes.
    """

    NOTHING: ClassVar[Mapping[str, Any]] = {
        **dict.fromkeys(("share", "hhi"), 0.0),
        **dict.fromkeys(("processes", "awards", "amount"), 0),
        **dict.fromkeys(("currency", "population"), ""),
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
    The ``BuyerShare`` of a supplier at a previous purchase from it, in the process ``ocid``.

    ``months`` and ``own_months``: the number of months for which source and buyer were on record then, as in
    ``SourceCoverage``.
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
    A supplier's share of all spending of its buyer on ``suppliers`` over three years, in one currency.

    ``awards`` is the number of processes in which it sold something, those with the same title counted once;
    ``largest`` is the share of the largest, ``amount`` what it sold, in whole units of the currency, ``ocids`` the
    twenty largest processes. ``before`` is the share at the buyer's previous purchase from it within these years, or
    the highest at its purchases of half a year before.
    """

    NOTHING: ClassVar[Mapping[str, Any]] = {
        **dict.fromkeys(("share", "largest"), 0.0),
        **dict.fromkeys(("processes", "suppliers", "awards", "amount"), 0),
        **dict.fromkeys(("currency", "population"), ""),
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
    """An earlier gift or purchase without competition from the same supplier to the buyer, in one of the sectors."""

    supplier: str
    ocid: str
    date: dt.date
    method: str
    is_gift: bool
    sectors: Sequence[str]


class SupplierPurchase(Struct, frozen=True, gc=False):
    """A purchase by the same buyer from the same supplier in another process; ``amount`` is above 0."""

    supplier: str
    ocid: str
    date: dt.date
    amount: Decimal
    currency: str


class FailedTender(Struct, frozen=True, gc=False):
    """A failed tender by the same buyer for the same object; ``date`` is that of the failure."""

    ocid: str
    date: dt.date
    status: str


class PlannedMethod(Struct, frozen=True, gc=False):
    """The procurement method in an earlier release before the award (``""`` if none), and the id of the release."""

    method: str
    release_id: str


class Fences(Struct, frozen=True, omit_defaults=True, gc=False):
    """
    Quartiles and Tukey's fences (1.5 interquartile ranges outside the quartiles) of a population of ``n`` values.

    ``cohort`` names the population: ``*`` for all, ``PE, open, goods`` for one kind. ``own`` has the fences of the
    subject's own kind, if there are enough values. ``many`` is the 75th percentile of the counts in the population.
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
    The share (0 to 1) of processes with a needed field, among at least ``n`` processes of the source to which a rule
    applies.

    ``n`` is rounded down to steps, as for habits.
    """

    share: float
    n: int


class SourceHabit(Struct, frozen=True, gc=False):
    """
    The share (0 to 1) of records that fill a field like this record, among at least ``n`` records of the source.

    Both are rounded down to steps, so that a few more records do not change the figure.
    """

    share: float
    n: int


class SourceCoverage(Struct, frozen=True, gc=False):
    """
    How far back the records of a source reach without a gap, up to the month of a process; earlier absence means
    nothing.

    ``since`` is the first month of that period (``2023-04``), ``months`` is the number of its months with records of
    the source, ``own_months`` that of its months with purchases of the buyer, with or without gaps between;
    ``own_since`` is the first month of the buyer's purchases without a gap. For an organization in a ``role``, they
    are for the source of most of its purchases, up to the latest, and for its own purchases.
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

    ``supplier_history``: the latest hundred. ``purchases_beside``: by the same procedure, of the same object, within a
    year before or after; ``purchases_before``: the first and the largest in the three years before, in each currency
    of the process, if it was not open to all; both for processes with one supplier. ``price_gap_fence``: for the gaps
    between the winning bid and the next one. ``publisher_practice``: code of a rule that misses a field in this
    process → how often its source has it. ``source_habits``: name of a habit (``audits.judging.figures.habits``) →
    number of records that do the same as this one, if most do; rules declare the habits that they read,
    ``source_habits.estimate_equals_award``. ``first_record``: ocid of the first record of the same tender, if it is
    another one. ``failed_tenders``: those of its buyer for the same object in the year before, the latest twenty, if
    the process was not competitive; ``None`` if there are none. ``source_coverage``: how long its source and its buyer
    have been on record.
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
    Return the name of each computed figure → the first 12 hexadecimal digits of its SHA-256.

    Each habit is listed separately, as rules declare them.
    """
    named = {name: getattr(figures, name) for name in figures.__struct_fields__ if name != SOURCE_HABITS}
    named |= {f"{SOURCE_HABITS}.{name}": habit for name, habit in (figures.source_habits or {}).items()}
    return {
        name: hashlib.sha256(encode(figure)).hexdigest()[:12] for name, figure in named.items() if figure is not None
    }
