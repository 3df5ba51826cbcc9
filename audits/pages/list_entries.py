"""A row in the lists of pages and feeds: title, buyer, supplier, amount, country and date."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audits.pages.addresses import process_page
from contracts.models import Contract, ContractingProcess, Organization
from contracts.models.process import called
from contracts.ocds.codelists.codes import CANCELLED
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.codelists.exchange import DOLLAR
from contracts.pages.display import amount, compact, day, in_words, parties, worth

# Label of a contract's date by its origin, if it is not that of a release.
_DATED = {
    Contract.DateBasis.SIGNATURE.value: _lazy("signed on %(day)s"),
    Contract.DateBasis.AWARD.value: _lazy("awarded on %(day)s"),
}


def list_entry(row: Any, language: str) -> dict[str, Any]:
    """Return what a list shows of a process, a contract or an organization."""
    if isinstance(row, Organization):
        address = reverse("organization-page", args=[row.pk])
        number = " ".join(part for part in (row.scheme, row.shown_identifier) if part)
        facts = [country_name(row.country, language), number]
        return {"title": str(row), "address": address, "facts": list(filter(None, facts))}
    process = row.process if isinstance(row, Contract) else row
    facts = [
        _("an invented example") if process.is_example else "",
        in_words(row.status) if row.status in CANCELLED else "",
        _("counted with another record") if process.same_as_id else "",
        value_of(row),
        country_name(process.country, language),
        _dated(row),
    ]
    return {
        "title": called(row.title or process.title, process.texts(), process.ocid),
        "address": process_page(process.ocid),
        "parties": parties(process.buyer_name, row.supplier_names),
        "facts": list(filter(None, facts)),
    }


def _dated(row: Any) -> str:
    """Return the labelled day of a purchase, the one that sums use; for a process that of its latest release."""
    if isinstance(row, Contract):
        text = _DATED.get(row.date_basis)
        return str(text) % {"day": day(row.date)} if text else ""
    return _("record last published on %(day)s") % {"day": day(row.date)} if row.date else ""


def value_of(row: Any) -> str:
    """Return the amount of a row as text, with its value in US dollars in brackets."""
    own = worth(row) if isinstance(row, ContractingProcess) else amount(row.amount, row.currency)
    is_alone = row.amount_usd is None or row.currency == DOLLAR
    return own if is_alone else f"{own} (≈ {compact(row.amount_usd)} {DOLLAR})"
