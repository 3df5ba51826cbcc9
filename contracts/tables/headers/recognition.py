"""Which column of a table holds which fact: known exports are recognised by their headers, others by general ones."""

import re
from collections.abc import Collection, Sequence

from msgspec import Struct

from contracts.tables.headers.adjacent_columns import amounts, tax_numbers, with_currencies
from contracts.tables.headers.column_contents import by_contents
from contracts.tables.headers.columns import Known, Source, Sources, bare_key, columns_of, find
from contracts.tables.headers.composed import bare_name, composed_columns, composed_fact
from contracts.tables.headers.mappings import (
    LANGUAGES,
    Mapping,
    general_mapping,
    header_weights,
    is_unknown,
    keys_only_in,
    known_keys,
    known_mappings,
    known_orders,
    names_office,
    ocds_mapping,
)
from contracts.tables.headers.names import GENERAL, GIVEN, any_order, key, read_names
from contracts.tables.headers.units import Unit, with_unit, with_unit_of_all
from contracts.tables.release_paths import OFFER, OFFERED_BY, header_paths, path_of
from contracts.tables.sheets.rows import Cell, filled_cells

# A header in a single publisher's mapping weighs 1, a general one 0. From SURE_WEIGHT on, a table is the publisher's;
# from MIN_WEIGHT on, only if its mapping also has this share of the headers, because others may use a header too.
MIN_WEIGHT = 1.0
SURE_WEIGHT = 2.0
MIN_PART = 0.5
_PREFIX_WEIGHT = 3.0
# Number of rows searched for ids with a publisher's prefix.
ROWS_OF_IDS = 20
# A table needs this many facts, at least one of them in DECISIVE.
MIN_FACTS = 2
DECISIVE = frozenset({"title", "description", "buyer", "supplier", "amount", "ocid"})
# A table must say what was bought, or have this many of TELLING.
OF_WHAT = frozenset({"title", "description"})
TELLING = frozenset({"id", "ocid", "buyer", "supplier", "amount", "category"})
MIN_TELLING = 2

# A table of contracts has one of these columns or both parties; any other holds sums.
_OF_CONTRACTS = frozenset(
    {"title", "description", "id", "ocid", "contract_id", "category", "date", "date_signed", "start_date", "document"}
)
PARTIES = frozenset({"buyer", "supplier"})

# Facts and members of OCDS that identify the buyer, directly or through another record.
OF_BUYERS = frozenset({"buyer", "buyer_id", "parties", "ocid"})
# Facts that are web addresses.
LINKS = frozenset({"source_url", "document"})
_NUMBER = re.compile(r"[0-9][0-9.,/ -]*")


class Recognised(Struct, frozen=True):
    """
    The mapping of a table: fact → its columns, of which the first that is not empty counts.

    If ``is_ocds``, every fact is a path into a release. ``unit_of_all`` is the unit of amounts whose header names
    none, ``buyer_of_all`` the buyer of all rows, ``unclear`` the column of a tax number that may be the buyer's or the
    supplier's, and is not read.
    """

    mapping: Mapping
    header: tuple[str, ...]
    sources: Sources
    is_ocds: bool = False
    unit_of_all: Unit = Unit()
    buyer_of_all: str = ""
    unclear: int | None = None

    def unit(self, source: Source) -> Unit:
        """Return the unit of a column of amounts, from its header and the notes above the table."""
        return with_unit_of_all(with_unit(self.header[source.columns[0]])[1], self.unit_of_all)

    @property
    def columns(self) -> dict[str, str]:
        """Return header → fact, for the headers that are used, and for a title that names the buyer."""
        used: dict[str, str] = {self.buyer_of_all: "buyer"} if self.buyer_of_all else {}
        for fact, sources in self.sources.items():
            for source in sources:
                for column in source.columns:
                    used.setdefault(self.header[column], fact)
        return used

    @property
    def names_no_buyer(self) -> bool:
        """Whether a person made the table, and no column names the buyer."""
        return self.is_by_hand and not any(fact.partition("/")[0] in OF_BUYERS for fact in self.sources)

    @property
    def names_offices(self) -> bool:
        """Whether a person made the table, and the header of its column of buyers names offices within a body."""
        sources = self.sources.get("buyer", ())
        is_office = len(sources) == 1 and names_office(self.header[sources[0].columns[0]])
        return self.is_by_hand and is_office and "tender/procuringEntity/name" not in self.sources

    @property
    def is_by_hand(self) -> bool:
        """Whether a person made the table, not a portal."""
        return self.mapping.name in (GENERAL, GIVEN)

    @property
    def is_english(self) -> bool:
        """Whether its headers are general English ones: such tables may have the month first in dates."""
        keys = {key(name) for name in self.columns}
        languages = {language for language in LANGUAGES if not keys.isdisjoint(keys_only_in(language))}
        return not self.mapping.language and languages == {"en"}

    @property
    def unused(self) -> list[str]:
        used = columns_of(self.sources)
        return [header for column, header in enumerate(self.header) if header and column not in used]


def recognise(
    header: Sequence[str], rows: Sequence[Sequence[Cell]] = (), given: Mapping | None = None
) -> Recognised | None:
    """
    Return the mapping of a table, ``None`` if its headers do not identify enough.

    :param rows: the first rows; prefixes of ocids and contract numbers may identify the publisher
    :param given: the sender's mapping; if the table has enough of its columns, only this one is used
    """
    names = tuple(name.strip() for name in header)
    if given and (recognised := _as_given(names, given)):
        return recognised
    best = _publisher(names, _words_of(rows))
    return _as_ocds(names, best or ocds_mapping()) or _as_headers_tell(names, rows, best)


def _as_given(names: tuple[str, ...], given: Mapping) -> Recognised | None:
    sources = find(names, given.columns, set(), Known())
    # jsonb does not keep the given order; sorted, the result is the same as in the preview.
    sources = {fact: tuple(sorted(found, key=lambda source: source.columns)) for fact, found in sources.items()}
    if not _is_enough(sources):
        return None
    return Recognised(given, names, sources, is_ocds="ocid" in sources and all(map(path_of, sources)))


def _as_ocds(names: tuple[str, ...], mapping: Mapping) -> Recognised | None:
    paths = header_paths(names)
    if "ocid" not in paths or sum("/" in path for path in paths) < MIN_FACTS:
        return None
    return Recognised(mapping, names, {path: (Source((column,)),) for path, column in paths.items()}, is_ocds=True)


def _as_headers_tell(
    names: tuple[str, ...], rows: Sequence[Sequence[Cell]], best: Mapping | None
) -> Recognised | None:
    """Recognise columns by the publisher's headers, and the others by general headers and their contents."""
    known = Known(general_mapping().header_keys() | (best or general_mapping()).header_keys(), known_keys())
    sources = find(names, best.columns, set(), known) if best else {}
    taken = columns_of(sources)
    missing = {
        fact: headers
        for fact, headers in general_mapping().columns.items()
        # A portal's term may be a bare number, of days or months.
        if fact not in sources and not (best and fact == "period")
    }
    sources |= find(names, missing, taken, known)
    if best is None:
        # A publisher's own header says nothing about other tables.
        named = {column for column, name in enumerate(names) if not is_unknown(name)}
        composed = composed_columns(names, columns_of(sources) | named, missing.keys() - sources.keys())
        sources |= {fact: (Source((column,)),) for fact, column in composed.items()}
    sources = by_contents(sources, taken, rows, _perhaps_titles(names, columns_of(sources)))
    sources, unclear = _with_neighbours(names, sources, taken, rows)
    sources = {fact: found for fact, found in sources.items() if fact not in LINKS or not _holds_numbers(found, rows)}
    sources = with_currencies(_without_unclear_offers(sources, rows, by_hand=best is None), names, rows)
    is_of_contracts = best or not _OF_CONTRACTS.isdisjoint(sources) or sources.keys() >= PARTIES
    # Otherwise each row would be reported as incomplete, though the columns are the problem.
    tells_enough = not OF_WHAT.isdisjoint(sources) or len(sources.keys() & TELLING) >= MIN_TELLING
    if not _is_enough(sources) or not (is_of_contracts and tells_enough):
        return None
    return Recognised(best or general_mapping(), _named(names, sources), sources, unclear=unclear)


def _perhaps_titles(names: Sequence[str], taken: Collection[int]) -> list[int]:
    """Return the columns that are taken for titles if no other header is one: "Servicio"."""
    words = set(map(key, read_names(GENERAL)["perhaps_titles"]))
    return [column for column, name in enumerate(names) if column not in taken and bare_key(name) in words]


def _named(names: Sequence[str], sources: Sources) -> tuple[str, ...]:
    """Return the headers; an empty one of a used column gets that of the column before."""
    used = columns_of(sources)
    return tuple(name or (names[column - 1] if column in used else "") for column, name in enumerate(names))


def header_weight(cells: Sequence[Cell], given: Mapping | None = None) -> int:
    """Return how many cells of a row are known headers or paths into OCDS."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell]
    names = {name for text in texts for name in (key(text), bare_key(text))}
    unnamed = list(filter(is_unknown, texts))
    loose = {any_order(bare_name(text)) for text in unnamed} & known_orders()
    composed = {composed_fact(text) for text in unnamed if any_order(bare_name(text)) not in loose} - {""}
    known = (
        len(names & known_keys())
        + len(loose)
        + len(composed)
        + len([path for path in header_paths([str(cell) for cell in cells]) if "/" in path])
    )
    return known + len(names & given.header_keys()) if given else known


def _is_enough(facts: Collection[str]) -> bool:
    return len(facts) >= MIN_FACTS and not DECISIVE.isdisjoint(facts)


def _publisher(names: Sequence[str], texts: tuple[str, ...]) -> Mapping | None:
    """Return the mapping of the publisher whose export this is, if it is clear; one header may be anybody's."""
    present = {key(name) for name in names if name}
    weights = header_weights()
    scores = []
    for mapping in known_mappings():
        own = mapping.header_keys() & present
        score = sum(weights[name] for name in own)
        if mapping.id_prefixes and any(text.startswith(mapping.id_prefixes) for text in texts):
            score += _PREFIX_WEIGHT
        scores.append((score, len(own) >= MIN_PART * len(present), mapping))
    score, is_most, best = max(scores, key=lambda entry: (*entry[:2], entry[2].name))
    return best if score >= SURE_WEIGHT or (score >= MIN_WEIGHT and is_most) else None


def _words_of(rows: Sequence[Sequence[Cell]]) -> tuple[str, ...]:
    """Return the single-word cells of the first rows; ids are among them."""
    cells = (cell for row in rows[:ROWS_OF_IDS] for cell in row)
    return tuple(cell for cell in cells if isinstance(cell, str) and cell and not any(map(str.isspace, cell)))


def _with_neighbours(
    names: Sequence[str], sources: Sources, taken: set[int], rows: Sequence[Sequence[Cell]]
) -> tuple[Sources, int | None]:
    """
    Return the sources corrected by neighbouring columns, and the column of an unclear tax number.

    Columns defined by a publisher's mapping stay.
    """
    words = read_names(GENERAL)["beside"]
    numbers, quantities, prices = ({key(word) for word in words[name]} for name in ("numbers", "quantities", "prices"))
    keys = ["" if column in taken else bare_key(name) for column, name in enumerate(names)]
    generals = {fact: found for fact, found in sources.items() if not taken & set(found[0].columns)}
    found: Sources = {}
    roles = {role: sources[role][0].columns[0] if role in sources else None for role in ("buyer", "supplier")}
    columns_of_numbers = tax_numbers(keys, numbers, roles["buyer"], roles["supplier"], rows)
    for fact in ("buyer_id", "supplier_id"):
        own = [source for source in generals.get(fact, ()) if keys[source.columns[0]] not in numbers]
        column = columns_of_numbers.get(fact.removesuffix("_id"))
        beside = [] if column is None or fact in sources.keys() - generals.keys() else [Source((column,))]
        found[fact] = (*own, *beside) or (() if fact in generals else sources.get(fact, ()))
    if "amount" in generals:
        columns = amounts(keys, [source.columns[0] for source in generals["amount"]], quantities, prices)
        found["amount"] = tuple(Source((column,)) for column in columns)
    return {fact: columns for fact, columns in (sources | found).items() if columns}, columns_of_numbers.get("unclear")


def _without_unclear_offers(sources: Sources, rows: Sequence[Sequence[Cell]], *, by_hand: bool) -> Sources:
    """
    Leave out columns of offers that name no bidder, or only count them, or in a person's table without a supplier,
    where an "Oferente" may be who won.
    """
    found = sources.get(OFFERED_BY, ())
    if found and not _holds_numbers(found, rows) and ("supplier" in sources or not by_hand):
        return sources
    return {fact: columns for fact, columns in sources.items() if fact not in (OFFERED_BY, OFFER)}


def _holds_numbers(sources: tuple[Source, ...], rows: Sequence[Sequence[Cell]]) -> bool:
    """Return whether columns hold only numbers: "Fonte" is then the funding source, "Documento" an identity card."""
    cells = filled_cells(rows, *(column for source in sources for column in source.columns))
    return bool(cells) and all(_NUMBER.fullmatch(str(cell)) for cell in cells)
