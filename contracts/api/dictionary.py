"""The columns of lists in words, and where their values stand in OCDS."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import Struct


class Column(Struct, frozen=True):
    """What a column is called in the reader's language, and the path in a release that it is read from, if one is."""

    label: Any
    path: str = ""


_PROCESS = {
    "ocid": Column(_("ocid"), "ocid"),
    "country": Column(_("country"), "parties/address/countryName"),
    "publisher": Column(_("publisher")),
    "buyer": Column(_("buyer"), "buyer/name"),
    "buyer_id": Column(_("buyer (id here)")),
    "procuring_entity_id": Column(_("procuring entity (id here)")),
    "supplier_ids": Column(_("suppliers (ids here)")),
    "method": Column(_("procurement method"), "tender/procurementMethod"),
    "amount_usd": Column(_("value in US dollars")),
    "rate_period": Column(_("period of the exchange rate")),
    "converted": Column(_("converted value")),
    "converted_period": Column(_("period of the rate of the converted value")),
    "source": Column(_("source")),
    "verification": Column(_("verification")),
    "flags": Column(_("flags")),
    "replies": Column(_("replies")),
    "sectors": Column(_("technology sectors")),
    "included": Column(_("included")),
}

PROCESSES: Mapping[str, Column] = {
    **_PROCESS,
    "url": Column(_("address")),
    "region": Column(_("region"), "parties/address/region"),
    "language": Column(_("language"), "language"),
    "title": Column(_("title"), "tender/title"),
    "suppliers": Column(_("suppliers"), "awards/suppliers/name"),
    "status": Column(_("status of the tender"), "tender/status"),
    "method_details": Column(_("procurement method details"), "tender/procurementMethodDetails"),
    "category": Column(_("main procurement category"), "tender/mainProcurementCategory"),
    "award_criteria": Column(_("award criteria"), "tender/awardCriteria"),
    "amount": Column(_("value"), "contracts/value/amount"),
    "currency": Column(_("currency"), "contracts/value/currency"),
    "amount_basis": Column(_("what the value is of")),
    "tender_amount": Column(_("tender value"), "tender/value/amount"),
    "tender_currency": Column(_("currency of the tender"), "tender/value/currency"),
    "number_of_tenderers": Column(_("number of tenderers"), "tender/numberOfTenderers"),
    "date": Column(_("latest release"), "date"),
    "tender_start": Column(_("tender period starts"), "tender/tenderPeriod/startDate"),
    "tender_end": Column(_("tender period ends"), "tender/tenderPeriod/endDate"),
    "award_date": Column(_("first award"), "awards/date"),
    "date_signed": Column(_("first signature"), "contracts/dateSigned"),
    "award_count": Column(_("awards")),
    "contract_count": Column(_("contracts")),
    "bid_count": Column(_("bids")),
    "release_count": Column(_("releases")),
    "compiled": Column(_("compiled")),
    "claim": Column(_("claim")),
}

CONTRACTS: Mapping[str, Column] = {
    **_PROCESS,
    "url": Column(_("address")),
    "process_url": Column(_("address of the process")),
    "contract_id": Column(_("contract"), "contracts/id"),
    "award_id": Column(_("award"), "awards/id"),
    "basis": Column(_("basis")),
    "title": Column(_("title"), "contracts/title"),
    "suppliers": Column(_("suppliers"), "awards/suppliers/name"),
    "supplier_roles": Column(_("roles of suppliers"), "parties/roles"),
    "status": Column(_("status"), "contracts/status"),
    "amount": Column(_("value"), "contracts/value/amount"),
    "currency": Column(_("currency"), "contracts/value/currency"),
    "date": Column(_("date")),
    "date_basis": Column(_("basis of the date")),
    "date_signed": Column(_("signed on"), "contracts/dateSigned"),
    "start": Column(_("starts on"), "contracts/period/startDate"),
    "end": Column(_("ends on"), "contracts/period/endDate"),
    "path": Column(_("JSON Pointer")),
}

ORGANIZATIONS: Mapping[str, Column] = {
    "id": Column(_("id here")),
    "url": Column(_("address")),
    "key": Column(_("key")),
    "name": Column(_("name"), "parties/name"),
    "scheme": Column(_("identifier scheme"), "parties/identifier/scheme"),
    "identifier": Column(_("identifier"), "parties/identifier/id"),
    "country": Column(_("country"), "parties/address/countryName"),
    "roles": Column(_("roles"), "parties/roles"),
}
