"""
Evidence in the reader's words: what a place of the record is called, what stands there, and what it shows.

Flags and outcomes keep pointers, values and codes; here they become words. What has no words here is shown as it is
stored.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.judging.figures.habits import HABITS
from audits.judging.rule.formats import date_in_words
from audits.judging.rule.reasons import REASONS
from audits.judging.rule.texts import fill
from audits.rules import RULES
from contracts.documents.texts import is_page
from contracts.ocds.code_words import CODES, word_of
from contracts.ocds.countries import country_name
from contracts.translating import variety_in_force

# What rules read beside the record, as outcomes name it.
FIGURES: Mapping[str, Any] = {
    "statistics/supplier_shares": gettext_lazy("Figures: shares of suppliers"),
    "statistics/supplier_history": gettext_lazy("Figures: what the supplier sold before"),
    "statistics/buyer_shares": gettext_lazy("Figures: shares of buyers"),
    "statistics/purchases_beside": gettext_lazy("Figures: like purchases within a year"),
    "statistics/purchases_before": gettext_lazy("Figures: purchases in the years before"),
    "statistics/planned_method": gettext_lazy("Figures: the procedure that was planned"),
    "statistics/price_gap_fence": gettext_lazy("Figures: usual gaps between bids"),
    "statistics/publisher_practice": gettext_lazy("Figures: what the publisher fills in"),
    "statistics/source_habits": gettext_lazy("Figures: habits of the source"),
    "statistics/first_record": gettext_lazy("Figures: other records of the tender"),
    "statistics/failed_tenders": gettext_lazy("Figures: tenders of the buyer that failed"),
    "statistics/method_use": gettext_lazy("Figures: procedures of the buyer"),
    "statistics/bids_won": gettext_lazy("Figures: bids that were won"),
    "statistics/bids_disqualified": gettext_lazy("Figures: bids that were disqualified"),
    "statistics/supplied_categories": gettext_lazy("Figures: kinds of things supplied"),
    "statistics/market_shares": gettext_lazy("Figures: shares of the market"),
    "statistics/market_concentration": gettext_lazy("Figures: concentration of the market"),
    "statistics/source_coverage": gettext_lazy("Figures: how far back the source reaches"),
}

# The objects of a record, by the path to them without numbers.
OBJECTS: Mapping[str, Any] = {
    "": "",
    "planning": gettext_lazy("planning"),
    "planning/budget": gettext_lazy("budget"),
    "tender": gettext_lazy("tender"),
    "tender/items": gettext_lazy("item"),
    "tender/lots": gettext_lazy("lot"),
    "tender/documents": gettext_lazy("document of the tender"),
    "tender/amendments": gettext_lazy("amendment of the tender"),
    "tender/tenderers": gettext_lazy("tenderer"),
    "planning/documents": gettext_lazy("document of the planning"),
    "awards": gettext_lazy("award"),
    "awards/suppliers": gettext_lazy("supplier"),
    "awards/items": gettext_lazy("item of the award"),
    "awards/documents": gettext_lazy("document of the award"),
    "contracts": gettext_lazy("contract"),
    "contracts/items": gettext_lazy("item of the contract"),
    "contracts/documents": gettext_lazy("document of the contract"),
    "contracts/amendments": gettext_lazy("amendment of the contract"),
    "contracts/amendment": gettext_lazy("amendment of the contract"),
    "contracts/implementation/documents": gettext_lazy("document of the implementation"),
    "contracts/implementation/transactions": gettext_lazy("payment"),
    "parties": gettext_lazy("party"),
    "buyer": gettext_lazy("buyer"),
    "bids/details": gettext_lazy("bid"),
    "bids/statistics": gettext_lazy("count of bids"),
    "relatedProcesses": gettext_lazy("related process"),
}
# What an object says, by the rest of the path.
MEMBERS: Mapping[str, Any] = {
    "id": gettext_lazy("number"),
    "memberOf/name": gettext_lazy("name of the body that it is a unit of"),
    "ocid": "ocid",
    "language": gettext_lazy("language"),
    "name": gettext_lazy("name"),
    "title": gettext_lazy("title"),
    "description": gettext_lazy("description"),
    "rationale": gettext_lazy("reason given"),
    "documentType": gettext_lazy("type of document"),
    "status": gettext_lazy("status"),
    "date": gettext_lazy("date"),
    "dateSigned": gettext_lazy("signed on"),
    "datePublished": gettext_lazy("published on"),
    "value/amount": gettext_lazy("value"),
    "amount/amount": gettext_lazy("value"),
    "value": gettext_lazy("value"),
    "identifier": gettext_lazy("number"),
    "url": gettext_lazy("address"),
    "period/startDate": gettext_lazy("begins"),
    "period/endDate": gettext_lazy("ends"),
    "awardPeriod/startDate": gettext_lazy("award period begins"),
    "awardPeriod/endDate": gettext_lazy("award period ends"),
    "tenderPeriod/startDate": gettext_lazy("tender period begins"),
    "tenderPeriod/endDate": gettext_lazy("tender period ends"),
    "enquiryPeriod/startDate": gettext_lazy("enquiry period begins"),
    "enquiryPeriod/endDate": gettext_lazy("enquiry period ends"),
    "contractPeriod/startDate": gettext_lazy("contract begins"),
    "contractPeriod/endDate": gettext_lazy("contract ends"),
    "contractPeriod/maxExtentDate": gettext_lazy("contract ends at the latest"),
    "contractPeriod/durationInDays": gettext_lazy("days of the contract"),
    "period/durationInDays": gettext_lazy("days of the contract"),
    "bidOpening/date": gettext_lazy("bids are opened on"),
    "procurementMethod": gettext_lazy("procurement method"),
    "procurementMethodDetails": gettext_lazy("method as its source names it"),
    "procurementMethodRationale": gettext_lazy("reason for the method"),
    "awardCriteria": gettext_lazy("award criteria"),
    "awardCriteriaDetails": gettext_lazy("details of the award criteria"),
    "numberOfTenderers": gettext_lazy("number of tenderers"),
    "mainProcurementCategory": gettext_lazy("category"),
    "classification/description": gettext_lazy("class"),
    "classification/id": gettext_lazy("code of its class"),
}
# What a place shows: concepts of the lexicon, and what rules say beside what they cite.
CONCEPTS: Mapping[str, Any] = {
    "5g": "5G",
    "ai_as_a_service": gettext_lazy("artificial intelligence as a service"),
    "arbitration_foreign_law": gettext_lazy("foreign law or arbitration"),
    "artificial_intelligence": gettext_lazy("artificial intelligence"),
    "audit_rights": gettext_lazy("right to audit"),
    "automatic_renewal": gettext_lazy("automatic renewal"),
    "belt_and_road": gettext_lazy("Belt and Road"),
    "biometric_id": gettext_lazy("biometric identification"),
    "brand_demand": gettext_lazy("a brand is asked for"),
    "buyer_credit": gettext_lazy("buyer's credit"),
    "city_platform": gettext_lazy("platform of a city"),
    "call_off": gettext_lazy("order under a contract that stands"),
    "civil_purpose": gettext_lazy("civil purpose"),
    "cloud": gettext_lazy("cloud"),
    "cloud_product": gettext_lazy("cloud product"),
    "command_centre": gettext_lazy("command centre"),
    "compatibility_only": gettext_lazy("must be compatible"),
    "concession_loan": gettext_lazy("concession loan"),
    "confidentiality_clause": gettext_lazy("confidentiality clause"),
    "contract_extension": gettext_lazy("extension of a contract"),
    "cross_border_transfer": gettext_lazy("transfer across borders"),
    "cybersecurity": gettext_lazy("cybersecurity"),
    "data_analytics": gettext_lazy("analysis of data"),
    "data_centre": gettext_lazy("data centre"),
    "data_ownership": gettext_lazy("ownership of data"),
    "data_residency": gettext_lazy("place of the data"),
    "digital_identity": gettext_lazy("digital identity"),
    "direct_route": gettext_lazy("direct award"),
    "drone": gettext_lazy("drone"),
    "election": gettext_lazy("election"),
    "exclusivity": gettext_lazy("exclusivity"),
    "facial_recognition": gettext_lazy("facial recognition"),
    "fibre_backbone": gettext_lazy("fibre backbone"),
    "filming": gettext_lazy("filming"),
    "financing": gettext_lazy("financing"),
    "hosting_abroad": gettext_lazy("hosting abroad"),
    "hosting_at_home": gettext_lazy("hosting within the country"),
    "hosting_word": gettext_lazy("hosting"),
    "impact_assessment": gettext_lazy("impact assessment"),
    "interception": gettext_lazy("interception"),
    "internet_access": gettext_lazy("access to the internet"),
    "location_tracking": gettext_lazy("tracking of places"),
    "lodging": gettext_lazy("lodging"),
    "lpr": gettext_lazy("licence plate recognition"),
    "maintenance": gettext_lazy("maintenance"),
    "maintenance_by_vendor": gettext_lazy("maintenance by the vendor"),
    "monitoring_word": gettext_lazy("monitoring"),
    "mou_bilateral": gettext_lazy("agreement between public bodies or governments"),
    "national_security_exemption": gettext_lazy("national security"),
    "negative": gettext_lazy("another thing"),
    "network_equipment": gettext_lazy("network equipment"),
    "network_product": gettext_lazy("network product"),
    "office_technology": gettext_lazy("office technology"),
    "open_standard": gettext_lazy("open standard"),
    "operation_by_vendor": gettext_lazy("operation by the vendor"),
    "ordinary_regime": gettext_lazy("law of its own"),
    "or_equivalent": gettext_lazy("or equivalent"),
    "pilot_or_gift": gettext_lazy("pilot or gift"),
    "plain_object": gettext_lazy("ordinary thing"),
    "police_integration": gettext_lazy("link to the police"),
    "predictive_policing": gettext_lazy("predictive policing"),
    "price_only": gettext_lazy("price alone"),
    "privacy_safeguard": gettext_lazy("safeguard of privacy"),
    "proprietary_licence": gettext_lazy("proprietary licence"),
    "proprietary_product": gettext_lazy("proprietary product"),
    "radio_communication": gettext_lazy("radio communication"),
    "ran_core": gettext_lazy("access or core network"),
    "renewal": gettext_lazy("renewal"),
    "safeguard_law": gettext_lazy("law on safeguards"),
    "satellite_link": gettext_lazy("satellite link"),
    "secrecy_ground": gettext_lazy("secrecy as the ground"),
    "security_body": gettext_lazy("security body"),
    "security_name": gettext_lazy("name of a security body"),
    "security_product": gettext_lazy("security product"),
    "server_product": gettext_lazy("server product"),
    "server_storage": gettext_lazy("servers or storage"),
    "social_media_monitoring": gettext_lazy("monitoring of social media"),
    "software_licence": gettext_lazy("software licence"),
    "software_platform": gettext_lazy("software platform"),
    "software_product": gettext_lazy("software product"),
    "source_code_escrow": gettext_lazy("source code in escrow"),
    "special_regime": gettext_lazy("special regime"),
    "standards_adoption": gettext_lazy("standard of a vendor or a country"),
    "state_of_emergency": gettext_lazy("emergency"),
    "supply": gettext_lazy("supply"),
    "surveillance_product": gettext_lazy("surveillance product"),
    "surveying": gettext_lazy("measuring of land"),
    "technology_transfer": gettext_lazy("transfer of technology"),
    "telephony": gettext_lazy("telephony"),
    "tied_procurement": gettext_lazy("tied procurement"),
    "training": gettext_lazy("training"),
    "training_fellowship": gettext_lazy("training or fellowship"),
    "transport_network": gettext_lazy("transport network"),
    "trunked_radio": gettext_lazy("trunked radio"),
    "turnkey": gettext_lazy("turnkey"),
    "vehicle": gettext_lazy("vehicle"),
    "vendor_upkeep": gettext_lazy("upkeep by the vendor"),
    "video_surveillance": gettext_lazy("video surveillance"),
    # Grounds of laws (audits.matching.grounds.KINDS).
    "exclusive_rights": gettext_lazy("exclusive rights"),
    "technical_reasons": gettext_lazy("technical reasons"),
    "continuity": gettext_lazy("continuity"),
    "urgency": gettext_lazy("urgency"),
    "secrecy": gettext_lazy("secrecy"),
    "between_public_bodies": gettext_lazy("between public bodies"),
    "failed_tender": gettext_lazy("failed tender"),
    "small_value": gettext_lazy("small value"),
    "other": gettext_lazy("another ground of the law"),
    # What rules say.
    "bidders": gettext_lazy("bidders counted"),
    "bids": gettext_lazy("counted from the bids"),
    "contract": gettext_lazy("page of the contract"),
    "equipment": gettext_lazy("equipment"),
    "finance": gettext_lazy("financing"),
    "gift": gettext_lazy("gift or loan"),
    "operation": gettext_lazy("operation"),
    "purchase": gettext_lazy("purchase"),
    "qualifiedBidders": gettext_lazy("qualified bidders counted"),
    "read": gettext_lazy("text that was read"),
    "runner-up": gettext_lazy("next bid"),
    "stated_term": gettext_lazy("term in words"),
    "tenderers": gettext_lazy("counted from the list of tenderers"),
    "unlisted_brand": gettext_lazy("brand by its spelling"),
    "unlisted_model": gettext_lazy("model by its spelling"),
    "unlisted_name": gettext_lazy("product by its spelling"),
    "valid": gettext_lazy("valid bid"),
    "validBids": gettext_lazy("valid bids counted"),
    "winner": gettext_lazy("winning bid"),
    # Clauses of contracts that are words of no lexicon.
    "accuracy_tests": gettext_lazy("tests of accuracy"),
    "exit": gettext_lazy("exit and handing over"),
    "human_oversight": gettext_lazy("human oversight"),
    "security_and_termination": gettext_lazy("security and termination"),
    "source_code": gettext_lazy("source code"),
    "vendor_training": gettext_lazy("training on data by the vendor"),
}
# Notes that only repeat the name of the place that they stand beside.
_REPEATED = frozenset({"procurementMethod", "awardCriteria", "numberOfTenderers"})
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.+\-Z]+)?")
_MIDNIGHT = re.compile(r"(?:T00:00:00(?:\.0+)?(?:Z|\+00:00)?)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SUPPLIER_OF = re.compile(r"supplier, (?P<country>[A-Z]{2})")
# The end of "Huawei: Huawei Technologies (98)", one of those that a party may match.
_MATCH = re.compile(r" \((\d{1,3})\)(?:, |$)")


def place_name(path: str, paragraphs: Sequence[int] = ()) -> str:
    """
    Return what a place of a record is called, else its path: ``/awards/1/value/amount`` → "Award 2: value".

    :param paragraphs: the numbers of those that are cited, of a document that has no pages
    """
    if path in FIGURES:
        return str(FIGURES[path])
    if paragraphs:
        return paragraphs_name(paragraphs)
    if is_page(path):
        return _("Document: page %(number)s") % {"number": path.rpartition("/")[2]}
    parts = path.split("/")[1:]
    for end in range(len(parts), -1, -1):
        head, tail = parts[:end], parts[end:]
        thing, member = ("/".join(part for part in some if not part.isdecimal()) for some in (head, tail))
        if thing in OBJECTS and (not tail or (member in MEMBERS and not tail[0].isdecimal())):
            number = f" {int(head[-1]) + 1}" if head and head[-1].isdecimal() else ""
            named = [f"{OBJECTS[thing]}{number}" if thing else "", str(MEMBERS[member]) if tail else ""]
            name = ": ".join(filter(None, named))
            return name[:1].upper() + name[1:]
    return path


def paragraphs_name(paragraphs: Sequence[int]) -> str:
    """Return the name of paragraphs of a document, by the numbers of the first and the last."""
    first, last = paragraphs[0], paragraphs[-1]
    if first == last:
        return _("Document: paragraph %(number)s") % {"number": first}
    return _("Document: paragraphs %(first)s to %(last)s") % {"first": first, "last": last}


def value_in_words(path: str, value: Any, note: str = "") -> str | None:
    """
    Return what stands at a place in words: a day, an amount, a code; ``None`` where the value stands for itself.

    :param note: what the flag says of the place; of an amount the currency
    """
    language = variety_in_force()
    member = path.rpartition("/")[2]
    if isinstance(value, dict) and value.get("name"):
        return str(value["name"])
    if isinstance(value, str) and _ISO.fullmatch(value):
        # A record that knows only the day gives the midnight of it.
        return date_in_words(value[:10] if _MIDNIGHT.fullmatch(value[10:]) else value, language)
    if isinstance(value, str) and value in CODES:
        return word_of(value, language)
    if member == "amount" and (isinstance(value, str | int | float | Decimal)):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        places = 2 if number % 1 else 0
        written = str(number_format(number, decimal_pos=places, force_grouping=True))
        return f"{note} {written}" if _CURRENCY.fullmatch(note) else written
    return None


def note_in_words(note: Any) -> str:
    """Write what a place shows: concepts, days, countries and grounds of laws in words; names as they are."""
    text = str(note or "")
    language = variety_in_force()
    if found := _SUPPLIER_OF.fullmatch(text):
        return _("supplier from %(country)s") % {"country": country_name(found["country"], language)}
    *listed, rest = _MATCH.split(text)
    if listed:
        return _on_the_list(listed[::2], listed[1::2], rest)
    # "CO: Ley 80: exclusive_rights, continuity"
    law, _colon, kinds = text.rpartition(": ")
    if law and all(kind in CONCEPTS for kind in kinds.split(", ")):
        return f"{law}: {', '.join(str(CONCEPTS[kind]) for kind in kinds.split(', '))}"
    return ", ".join(_part(part, language) for part in text.split(", ") if part not in _REPEATED)


def _on_the_list(heads: Sequence[str], matches: Sequence[str], rest: str) -> str:
    """Return which entries of lists a party matches, each once, and what else its place shows."""
    told: dict[str, str] = {}
    for head, match in zip(heads, matches, strict=True):
        name, _colon, alias = head.rpartition(": ")
        if alias.casefold() == name.casefold() or not name:
            told[name or alias] = name or alias
        else:
            values = {"name": name, "match": match, "alias": alias}
            told.setdefault(name, _("%(name)s (%(match)s %% alike: %(alias)s)") % values)
    # Words of its name name an entry that all of it matches.
    others = note_in_words(", ".join(part for part in rest.split(", ") if part not in told))
    return "; ".join(filter(None, (_("on the list: %(names)s") % {"names": "; ".join(told.values())}, others)))


def _part(part: str, language: str) -> str:
    if part in CONCEPTS:
        return str(CONCEPTS[part])
    return date_in_words(part, language) if _ISO.fullmatch(part) else word_of(part, language)


def why_not(code: str, outcome: Mapping[str, Any]) -> str:
    """
    Return why a rule did not judge, or what it flags is context and no more, in the reader's language.

    The class of an error, and a reason in English as versions before 0.2.0 stored them, are shown as they are.
    """
    reason, language = outcome.get("reason", ""), variety_in_force()
    own = RULES[code].text(language).reasons if code in RULES else {}
    template = own.get(reason) or _(REASONS.get(reason, ""))
    values = {"field": outcome.get("field", ""), **outcome.get("values", {})}
    if isinstance(values.get("method"), str):
        values["method"] = word_of(values["method"], language)
    if values.get("habit") in HABITS:
        values["habit"] = _(HABITS[values["habit"]].text)
    return fill(template, values, language) if template else reason
