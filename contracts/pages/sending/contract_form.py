"""The facts of the form: what people type → a simple contract, what was understood, and what is unclear, by field."""

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from contracts.intake.duplicates.same_contracts import deals_of, public, same_contracts
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.links import is_address, with_scheme, without_trackers
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.problems import RefusedError
from contracts.ocds.written.amounts import MAX_WRITTEN, is_range
from contracts.ocds.written.days import MAX_LENGTH as LONGEST_DATE
from contracts.ocds.written.simple import read_simple
from contracts.pages.display import amount
from contracts.pages.written_field import WrittenField
from contracts.translating import problem_detail, problem_hint, same_as_json, variety_in_force

METHODS = [
    ("", _("not known")),
    ("open", _("open to all bidders")),
    ("selective", _("open to some bidders")),
    ("limited", _("a few were invited")),
    ("direct", _("given directly to one supplier")),
]
# What portals call the object of a contract may be a page long.
MAX_TITLE = 5000
# A contract is on record once or twice.
MAX_SAME = 5
_DAYS = frozenset({"date_signed", "start_date", "end_date"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class ReadField(Struct, frozen=True):
    """A fact as it was typed, and as it is read."""

    label: str
    typed: str
    read: str


def read_in_words(field: str, read: str) -> str:
    """Return a read value as people write it: a country, a day, an amount; any other as it is."""
    if field == "country":
        return country_name(read, variety_in_force())
    if field in _DAYS:
        return date_format(date.fromisoformat(read[:10])) if _DAY.match(read) else read
    number, _space, currency = read.partition(" ")
    return amount(Decimal(number), currency) if field == "value" else read


def _links_of(line: str) -> list[str]:
    """Return the links of a line, however they are parted; the line itself if it holds anything else."""
    parts = [with_scheme(part.strip(",;")) for part in line.split()]
    return parts if all(map(is_address, parts)) else [line.strip()]


def field_of(pointer: str) -> str | None:
    """Return the field in which a member of a simple contract is typed."""
    first = pointer.split("/")[1] if pointer else ""
    name = {"documents": "links", "amount": "value"}.get(first, first)
    return name if name in ContractForm.base_fields else None


class ContractForm(forms.Form):
    """What people may know of a contract; a title or a description is enough. All of it is text until it is read."""

    title = WrittenField(label=_("What was bought"), max_length=MAX_TITLE, required=False)
    description = WrittenField(
        label=_("More about it"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Its number, for instance, and the article of the law by which it was bought."),
    )
    buyer = WrittenField(label=_("Who bought it"), max_length=500, required=False)
    supplier = WrittenField(label=_("Who supplies it"), max_length=500, required=False)
    financing = WrittenField(
        label=_("Who pays"),
        max_length=2000,
        required=False,
        help_text=_("A loan, a donation, a bank, a programme, if it is not the buyer alone."),
    )
    value = WrittenField(
        label=_("Value"),
        max_length=MAX_WRITTEN,
        required=False,
        help_text=_("As you have it: 1,250,000.50 or 2.5 million."),
    )
    currency = WrittenField(label=_("Currency"), max_length=40, required=False, help_text=_("US$, G$, BZ$, COP …"))
    date_signed = WrittenField(
        label=_("Signed on"), max_length=LONGEST_DATE, required=False, help_text=_("As you have it: 31/12/2023.")
    )
    start_date = WrittenField(label=_("Runs from"), max_length=LONGEST_DATE, required=False)
    end_date = WrittenField(label=_("Runs until"), max_length=LONGEST_DATE, required=False)
    method = forms.ChoiceField(label=_("How it was bought"), choices=METHODS, required=False)
    country = WrittenField(label=_("Country"), max_length=80, required=False)
    source_url = WrittenField(label=_("Where it is published"), max_length=2000, required=False)
    links = WrittenField(
        label=_("Other links, one a line"), max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Read the facts; what stays unclear is an error of its field, in the reader's language."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.understood: list[ReadField] = []
        self.same: list[dict[str, Any]] = []
        self.doubts: list[str] = []
        if not self.is_filled:
            return cleaned
        try:
            # Values that are too long count as present, so that no other problem is reported about them.
            too_long = {name: self.data.get(name, "") for name in self.errors if name not in cleaned}
            read = read_simple(self.contract({**too_long, **cleaned}), received=timezone.now().date().isoformat())
        except RefusedError as error:
            for problem in error.problems:
                field = field_of(problem.pointer)
                # The hint of these is for those who write programs.
                self.add_error(field, problem_detail(problem))
            return cleaned
        # Only from public records: nobody but its sender may know of a held one.
        process, _corrections = parse_process(read.release)
        same = same_contracts(deals_of(read.release["ocid"], process), among=public, other_amounts=True)
        self.same = [same_as_json(entry) for entry in same[:MAX_SAME]]
        # How an amount is read stands among what was understood.
        doubts = [problem for problem in read.warnings if problem.code != "amount_read"]
        self.doubts = [f"{problem_detail(problem)} {problem_hint(problem)}" for problem in doubts]
        if is_address(with_scheme(cleaned.get("title", ""))):
            text = _(
                "“What was bought” is a link. Write there in words what was bought, and put the link further below."
            )
            self.doubts.append(str(text))
        if is_range(cleaned.get("value", "")):
            text = _(
                "“Value” names a lowest and a highest amount: neither is taken for the amount of the contract, and "
                "both are kept as text."
            )
            self.doubts.append(str(text))
        if not cleaned.get("country"):
            text = _(
                "It names no country: it would be on no country's page, and no law of its country would be applied."
            )
            self.doubts.append(str(text))
        address = cleaned.get("source_url", "")
        if with_scheme(address) != address:
            label = str(self.fields["source_url"].label)
            self.understood.append(ReadField(label, address, with_scheme(address)))
        for fact in read.understood:
            field = field_of(fact.pointer)
            label = str(self.fields[field].label) if field else ""
            self.understood.append(ReadField(label, fact.found, read_in_words(field or "", fact.used)))
        return cleaned

    @property
    def is_filled(self) -> bool:
        """Whether anything was typed."""
        return any(str(self.data.get(name, "")).strip() for name in self.fields)

    def typed(self) -> list[tuple[str, str]]:
        """Return label and text of each field that was filled in, as it was typed."""
        values = {name: self.cleaned_data.get(name) for name in self.fields}
        methods = {code: str(label) for code, label in METHODS}
        return [
            (str(self.fields[name].label), methods[value] if name == "method" else value)
            for name, value in values.items()
            if value
        ]

    def contract(self, cleaned: Mapping[str, Any] | None = None, *, clean: bool = False) -> dict[str, Any]:
        """
        Return the simple contract that was typed.

        :param clean: whether to remove from its links what identifies who passed them on
        """
        typed = {name: value for name, value in (cleaned or self.cleaned_data).items() if value}
        if is_range(typed.get("value", "")):
            said = f"{self.fields['value'].label}: {' '.join(typed.pop('value').split())}"
            typed["description"] = "\n".join(filter(None, (typed.get("description"), said)))
        if "source_url" in typed:
            typed["source_url"] = with_scheme(typed["source_url"])
        links = [link for line in typed.pop("links", "").splitlines() for link in _links_of(line)]
        if clean:  # what nobody needs is not kept either
            links = [without_trackers(link) for link in links]
            typed |= {"source_url": without_trackers(typed["source_url"])} if "source_url" in typed else {}
        if links:
            typed["documents"] = [{"url": link} for link in links]
        return typed

    def body(self) -> bytes:
        return json.dumps(self.contract(clean=True), ensure_ascii=False, indent=1).encode()
