"""A row → an OCDS release, from its cells (``row_cells``): as a simple contract, or by paths of fields."""

import hashlib
import re
from collections.abc import Mapping as Facts
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msgspec import Struct, structs
from msgspec.json import encode

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.codelists.currencies import currency_or_none, is_currency
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.gate.reading import MAX_OCID
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.written.amounts import Amount
from contracts.ocds.written.named_numbers import misspelt, scheme_of_header
from contracts.ocds.written.simple import DATES, read_simple
from contracts.ocds.written.written_values import Notation, ValueReader, kind_of
from contracts.tables.headers.columns import Source
from contracts.tables.headers.recognition import MIN_TELLING, TELLING, Recognised
from contracts.tables.headers.title_buyers import body_named
from contracts.tables.headers.units import Unit, is_code, unit_of
from contracts.tables.lines import several_of, why_no_contract
from contracts.tables.release_paths import OFFER, OFFERED_BY, is_date, lacks_currency, member, set_member
from contracts.tables.rows.cells import DIGITS, is_cut_short, with_zeros
from contracts.tables.rows.offers import Fact, Offer
from contracts.tables.rows.periods import period_of
from contracts.tables.rows.row_cells import RowCells
from contracts.tables.sheets.rows import Row

Json = dict[str, Any]

_ESTIMATE = "tender/value/amount"
_DESCRIPTION = "tender/description"
_TEXT_FACTS = ("title", "description", "id", "method", "method_details", "category", "language", "financing")
_WHOLE = re.compile(r"\d{1,9}(?:\.0+)?")
# A sum row has neither a tax number nor a day, which have at least this many characters.
_IDENTIFYING = ("buyer_id", "supplier_id", "date_signed", "start_date", "end_date")
_LENGTH_OF_NUMBERS = 6
_OF_NUMBERS = "0123456789.,'- "
# A lowest and a highest amount in one cell; the description keeps both.
_RANGE = "amount_range"
# Facts that may stand in the cell of another.
_IN_CELL_OF = {"currency": "amount", "start_date": "period", "end_date": "period"}
_IDS = ("id", "contract_id", "buyer_id", "supplier_id", "item")


class RowRead(Struct, frozen=True):
    """
    The result of a row; ``release`` is ``None`` if it says too little. Problems point to headers. ``ignored`` are
    columns that differ from an earlier one for the same fact. ``offers`` are not in the release: rows below may add
    some. ``facts`` are those of a table of offers.
    """

    release: Json | None
    problems: tuple[Problem, ...] = ()
    ignored: frozenset[int] = frozenset()
    offers: tuple[Offer, ...] = ()
    facts: dict[str, Fact] = {}


def read_row(read: Row, recognised: Recognised, notations: Facts[str, Notation]) -> RowRead:
    """
    Read a row.

    A cell that cannot be read becomes a problem; the rest of the row is used.

    :param notations: fact → notation of its column
    """
    row = _Row(read, recognised, notations)
    release = row.release()
    return RowRead(release, tuple(row.problems), row.ignored(), tuple(row.offers), row.facts_of_offers())


class _Row(RowCells):
    def __init__(self, row: Row, recognised: Recognised, notations: Facts[str, Notation]) -> None:
        super().__init__(row, recognised)
        self.notations = notations
        self.kept_as_text: list[str] = []
        self.offers: list[Offer] = []

    def release(self) -> Json | None:
        release = self._release()
        if release and self.kept_as_text:
            said = filter(None, (member(release, _DESCRIPTION), *dict.fromkeys(self.kept_as_text)))
            set_member(release, _DESCRIPTION, "\n".join(said))
        return release

    def _release(self) -> Json | None:
        if self.recognised.is_ocds:
            if not self.text("ocid"):
                self.problems.append(Problem("row_incomplete", "ocid"))
                return None
            release: Json = {}
            self.set_paths(release, list(self.recognised.sources), "")
            return release
        facts = {fact: self.text(fact) for fact in self.recognised.sources if "/" not in fact}
        self.mend_ids(facts)
        texts = [str(cell).strip() for cell in self.cells]
        # "Total: 45 contracts" is not a tax number.
        is_identified = any(len(facts.get(fact, "")) >= _LENGTH_OF_NUMBERS for fact in _IDENTIFYING)
        problem = why_no_contract(texts, len(self.recognised.sources), is_identified=is_identified)
        says_what = facts.get("title") or facts.get("description")
        is_incomplete = not says_what and sum(bool(facts.get(fact)) for fact in TELLING) < MIN_TELLING
        # Reporting missing cells of a sum row would send people looking for a mistake that does not exist.
        if is_incomplete and not (problem and problem.variant == "sum"):
            problem = Problem("row_incomplete")
        contract = self.contract(facts)
        if not (problem and problem.variant == "sum"):
            self.offers = self.offers_of(self.currency_of(contract))
        if problem:
            self.problems.append(problem)
            return None
        self.report_misspelt(facts)
        simple = self.simple(contract)
        if simple:
            if lacks_currency(simple):
                self.report_no_currency("amount")
            self.set_award(simple)
            if office := self.office():
                set_member(simple, "tender/procuringEntity/name", office)
                body = {"text": self.recognised.buyer_of_all}
                self.report(self.header_of(self.source("buyer")), "buyer_above", "office", body)
            paths = [fact for fact in self.recognised.sources if "/" in fact and fact not in self.paths_of_offers()]
            self.set_paths(simple, paths, self.currency_of(contract))
            self.set_ids(simple, facts)
        return simple

    def mend_ids(self, facts: dict[str, str]) -> None:
        """
        Restore leading zeros of tax numbers, and leave out ids that lost digits.

        Otherwise several parties would share an id.
        """
        for fact in _IDS:
            source = self.source(fact)
            if source is None:
                continue
            if facts[fact].isdecimal():
                facts[fact] = with_zeros(facts[fact], self.header_of(source))
            if is_cut_short(facts[fact]) or abs(self.number(fact) or 0) >= 10**DIGITS:
                self.cell_problem(fact, "cut_short", {"text": facts.pop(fact)})

    def contract(self, facts: dict[str, str]) -> Json:
        contract: Json = {name: facts.get(name, "") for name in (*_TEXT_FACTS, *DATES, "source_url", "amount")}
        if (number := self.number("amount")) is not None:
            contract["amount"] = number
        self.set_period(contract)
        contract["country"] = facts.get("country") or self.mapping.country
        contract["language"] = facts.get("language") or self.mapping.language
        currency = self.unit("amount").currency
        named = self.in_words_of_amounts(facts.get("currency", ""))
        usual = (currency, self.mapping.currency) if is_code(currency) else (self.mapping.currency, currency)
        contract["currency"] = named.currency or usual[0] or usual[1]
        if self.office():
            facts = {**facts, "buyer": self.recognised.buyer_of_all}
        for role in ("buyer", "supplier"):
            if name := facts.get(role) or facts.get(f"{role}_id"):
                contract[role] = {"name": name, "id": facts.get(f"{role}_id", "")} | self.scheme(f"{role}_id", facts)
            elif role == "buyer" and self.recognised.buyer_of_all:
                contract[role] = {"name": self.recognised.buyer_of_all}
        if self.recognised.is_by_hand and (
            several := several_of(facts.get("supplier", ""), facts.get("supplier_id", ""))
        ):
            contract["supplier"] = [{"name": name, "id": number} for name, number in several]
        if facts.get("document"):
            contract["documents"] = [facts["document"]]
        return contract

    def office(self) -> str:
        """Return the office that buys for the body named in a title; ``""`` if the cell names a body itself."""
        named = self.text("buyer") if self.recognised.buyer_of_all and self.recognised.names_offices else ""
        return "" if body_named(named) else named

    def in_words_of_amounts(self, currency: str) -> Unit:
        """Return the currency in a cell; for "millones de quetzales", the multiplication of the amount is reported."""
        unit = unit_of(currency)
        if unit is None or not unit.power:
            return Unit(currency)
        self.report(
            self.header_of(self.source("currency")),
            "number_format",
            "currency_scaled",
            {"text": currency, "number": 10**unit.power},
        )
        return unit

    def scheme(self, fact: str, facts: Facts[str, str]) -> Json:
        """Return the register of a number as a member, if its header names one without a check digit."""
        scheme = scheme_of_header(*self.tax_number(fact, facts))
        return {"scheme": scheme} if scheme else {}

    def report_misspelt(self, facts: Facts[str, str]) -> None:
        """Report tax numbers with a wrong check digit in a person's table; those of portals are left alone."""
        for fact in ("buyer_id", "supplier_id") if self.recognised.is_by_hand else ():
            if scheme := misspelt(*(found := self.tax_number(fact, facts))):
                self.report(found[0], "number_doubtful", values={"text": found[1][:40], "scheme": scheme})

    def tax_number(self, fact: str, facts: Facts[str, str]) -> tuple[str, str, str]:
        """Return the header of a number, the number, and the country of its row."""
        country = country_code(facts.get("country", "")) or self.mapping.country
        return self.header_of(self.source(fact)), facts.get(fact, ""), country

    def simple(self, contract: Json) -> Json | None:
        """Return the release of a simple contract, without the members that cannot be read."""
        try:
            return self._read(contract)
        except RefusedError as refusal:
            for problem in refusal.problems:
                member = problem.pointer.split("/")[1]
                if problem.variant == "currencies" and not self.text("currency"):
                    # A currency in the amount takes precedence over the mapping.
                    contract["currency"] = ""
                    continue
                if problem.variant == "currency_unclear":
                    contract["currency"] = ""  # an unknown currency is reported with the amount
                    continue
                self.cell_problem(member, problem.variant, problem.values)
                contract.pop(member, None)
        contract.setdefault("currency", "")
        try:
            return self._read(contract)
        except RefusedError as refusal:
            self.problems.extend(refusal.problems)
            return None

    def _read(self, contract: Json) -> Json:
        written = self.notations.get("amount", Notation())
        of_currency = unit_of(self.text("currency")) or Unit()
        power = of_currency.power or self.unit("amount").power
        written = structs.replace(written, power=power, may_lack_currency=True)
        return read_simple(contract, notations={**self.notations, "amount": written}, needs_title=False).release

    def report_no_currency(self, fact: str) -> None:
        """Report that the currency sign beside an amount is ambiguous; without a sign there is nothing to report."""
        source = self.source(fact)
        signs = (self.text("currency"), self.unit(fact).currency, self.text(fact).strip(_OF_NUMBERS))
        if source and any(signs):
            self.report(self.header_of(source), "number_format", "no_currency")

    def keep_as_text(self, source: Source | None, text: str) -> None:
        """Let the description say what no member of a release holds."""
        self.kept_as_text.append(f"{self.header_of(source)}: {text}")

    def set_period(self, contract: Json) -> None:
        """Set the days of a period that one cell holds; any other term ("12 meses") stays a text."""
        order = None if self.recognised.is_english else False
        if days := period_of(contract["end_date"], month_first=order):
            contract["start_date"], contract["end_date"] = contract["start_date"] or days[0], days[1]
        term = self.text("period")
        days = period_of(term, month_first=order)
        if days and not (contract["start_date"] or contract["end_date"]):
            contract["start_date"], contract["end_date"] = days
        elif term:
            self.keep_as_text(self.source("period"), term)

    def cell_problem(self, fact: str, variant: str, values: Json) -> None:
        fact = {"documents": "document", "value": "amount"}.get(fact, fact)
        source = self.source(fact) or self.source(_IN_CELL_OF.get(fact, fact))
        if variant == _RANGE:
            self.keep_as_text(source, values["text"])
            self.report(self.header_of(source), _RANGE, values=values)
            return
        if variant == "number" and is_cut_short(text := self.text(fact)):
            variant, values = "cut_short", {"text": text}
        self.report(self.header_of(source) if source else fact, "cell_unread", variant, values)

    @staticmethod
    def currency_of(contract: Json) -> str:
        """Return the code of the currency of a contract, or what it has in its place; ``""`` if it is ambiguous."""
        written, country = contract["currency"], country_code(contract.get("country", ""))
        return currency_or_none(written, country) or ("" if is_currency(written) else written.upper())

    def paths_of_offers(self) -> frozenset[str]:
        return frozenset({OFFERED_BY, OFFER} if OFFERED_BY in self.recognised.sources else ())

    def facts_of_offers(self) -> dict[str, Fact]:
        """Return the facts of a row of a table of offers, without the offers."""
        own = self.paths_of_offers()
        facts = {fact: self.text(fact) for fact in self.recognised.sources if own and fact not in own}
        return {fact: Fact(self.header_of(self.source(fact)), text) for fact, text in facts.items() if text}

    def offers_of(self, currency: str) -> list[Offer]:
        """Return the bidders of a row with their amounts; of several in one cell, with as many amounts."""
        names, amounts = self.text(OFFERED_BY), self.text(OFFER)
        if not names or _WHOLE.fullmatch(names):  # a number of bidders
            return []
        several = several_of(names, amounts)
        if not several and (parts := several_of(names, "")) and amounts:
            self.cell_problem(OFFER, "number", kind_of(amounts))
        elif not several:
            parts = [(names, amounts)]
        return [Offer(name, self.value_of_offer(text, currency)) for name, text in several or parts]

    def value_of_offer(self, text: str, currency: str) -> Json:
        amount = self.amount(OFFER, text) if text else None
        code = amount and (amount.currency or self.currency(OFFER) or currency)
        return {"amount": amount.number} | ({"currency": code} if code else {}) if amount else {}

    def set_award(self, release: Json) -> None:
        """
        Use an amount for an award, if the portal has a separate column for estimates and no supplier, or if the row of
        a person's table has both. Otherwise it would become the tender's estimate, or be lost beside it. An amount of
        zero is not an award.
        """
        has_estimate = self.text(_ESTIMATE) if self.recognised.is_by_hand else _ESTIMATE in self.recognised.sources
        if not has_estimate or "awards" in release:
            return
        value = release["tender"].pop("value", None)
        if value and value["amount"] > 0:
            release["tag"].append("award")
            release["awards"] = [{"id": "1", "status": "active", "value": value}]

    def set_paths(self, release: Json, paths: Sequence[str], currency: str) -> None:
        """Set the values of columns by their paths, then fixed values in objects that were created."""
        for path in paths:
            text = self.text(path)
            value = self.value(path, text) if text else None
            if value is None:
                continue
            parent = path.rpartition("/")[0]
            if isinstance(value, Amount):
                code = value.currency or self.currency(path) or currency
                value = value.number
                if code and not self.text(f"{parent}/currency"):
                    set_member(release, f"{parent}/currency", code)
                elif not code and f"{parent}/currency" not in paths:
                    self.report_no_currency(path)
            set_member(release, path, value)
        for path, value in self.mapping.fixed.items():
            if isinstance(member(release, path.rpartition("/")[0]), dict):
                set_member(release, path, value)

    def value(self, path: str, text: str) -> Any:
        """Parse a text as the last member of a path requires; ``None`` if that fails."""
        name = path.rpartition("/")[2]
        if name.startswith("numberOf") or name == "quantity":
            if not _WHOLE.fullmatch(text):
                self.cell_problem(path, "number", kind_of(text))
                return None
            return int(float(text))
        if name == "amount":
            return self.amount(path, text)
        if name == "currency" and not self.recognised.is_ocds:
            return currency_or_none(text, self.mapping.country or country_code(self.text("country"))) or text
        if is_date(path):
            reader = ValueReader({name: self.notations.get(path, Notation())})
            day = reader.date({name: text}, name, "")
            self.report_problems(path, reader)
            return day or None
        return [text] if name == "tag" else text

    def amount(self, path: str, text: str) -> Amount | None:
        notation = self.notations.get(path, Notation())
        notation = structs.replace(notation, power=self.unit(path).power, may_lack_currency=True)
        reader = ValueReader({"amount": notation})
        reader.country = self.mapping.country
        number = self.number(path)
        found = text if number is None else Decimal(f"{number:f}")
        amount = reader.amount(found, "/amount", is_named=False)
        self.report_problems(path, reader)
        return amount

    def report_problems(self, path: str, reader: ValueReader) -> None:
        for problem in reader.problems:
            self.cell_problem(path, problem.variant, problem.values)

    def currency(self, path: str) -> str:
        """Return the code that the header of a column of amounts names, ``""`` if it names none or an unclear one."""
        return currency_or_none(self.unit(path).currency, self.mapping.country)

    def set_ids(self, release: Json, facts: dict[str, str]) -> None:
        """
        Set the row's ocid, and an id for its award: several rows of a process are several awards, one for each
        supplier or, if none is named, for each amount. Rows of one item each without a contract number are lots: the
        estimate is that of the item, and rows that say the same about two items are two releases.
        """
        ocid = facts.get("ocid", "")
        if 0 < len(ocid) <= MAX_OCID:
            release["ocid"] = ocid
        if "awards" in release:
            award = encode(release["awards"][0]).decode()
            award_id = facts.get("contract_id") or _digest(facts.get("supplier") or facts.get("supplier_id") or award)
            item = "" if facts.get("contract_id") else facts.get("item", "")
            if item:
                award_id = f"{award_id}-{item}"
                release["id"] = f"{release['id']}-{item}"
                lot = {"id": item, "title": facts.get("title"), "value": release["tender"].pop("value", None)}
                release["tender"]["lots"] = [{name: member for name, member in lot.items() if member}]
                release["awards"][0]["relatedLots"] = [item]
            release["awards"][0]["id"] = award_id
            for contract in release.get("contracts", ()):
                contract["id"] = contract["awardID"] = award_id


def _digest(text: str) -> str:
    return hashlib.sha256(as_listed(text).encode()).hexdigest()[:12]
