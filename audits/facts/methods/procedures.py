"""
Kinds of procedures, by the name, reason or number of a tender if these say more than the code of its method.
Publishers code direct awards as ``selective`` and small purchases as ``open``, and write the name of the method
instead of its code or reason.
"""

import re
from collections.abc import Iterable, Iterator

from audits.facts.methods.extensions import extended_by_title
from audits.facts.methods.grounds import cited_grounds
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, NotApplicableError
from audits.matching.organizations.names import name_reader
from audits.matching.texts.normalize import fold, fold_phrase
from contracts.ocds.codelists.codes import CANCELLED, COMPETITIVE, NON_COMPETITIVE
from contracts.ocds.parsing.objects import Process, Tender, Value

# A reason up to this length may be the name of the method: "01 LICITACION PUBLICA NACIONAL LAASSP".
_NAME_LENGTH = 80
# Names of frameworks are in quotes: derivado del "Acuerdo Marco para ensayos".
_QUOTES = re.compile("[\"'«»“”‘’]")
_WORD = re.compile(r"\w+")
# Names of methods for hiring consultants, and the code of such purchases.
_CONSULTANTS = re.compile(r"\bconsult(?:an|or)")
_CONSULTING = "consultingServices"
# Grounds of purchases whose buyer had no choice, or had invited everybody before.
_WITHOUT_CHOICE = ("between_public_bodies", "call_off", "exclusive_rights", "failed_tender", "technical_reasons")
# Brazil's term if competition is impossible: only one firm can do it, or all who apply are accredited.
_BARS_CHOICE = "inexigibilidade"
_VOID = frozenset({*CANCELLED, "withdrawn"})


def named_methods(tender: Tender) -> tuple[Evidence, ...]:
    """Return the places that name the method: details, type, a member of the publisher's own, or a short reason."""
    reason = tender.method_rationale if len(tender.method_rationale) <= _NAME_LENGTH else ""
    places = {
        f"{tender.path}/procurementMethodDetails": tender.method_details,
        f"{tender.path}/procurementMethodType": tender.method_type,
        tender.method_label_path: tender.method_label,
        f"{tender.path}/procurementMethod": "" if is_coded(tender) else tender.method,
        f"{tender.path}/procurementMethodRationale": reason,
    }
    return tuple(Evidence(path, name) for path, name in places.items() if name)


def is_coded(tender: Tender) -> bool:
    """Return whether the method is a code of OCDS."""
    return tender.method in (*COMPETITIVE, *NON_COMPETITIVE)


def hires_consultants(process: Process) -> bool:
    """Return whether consultants are chosen, by the category or the name of the method."""
    names = (str(place.value) for place in named_methods(process.tender))
    return process.tender.category == _CONSULTING or any(_CONSULTANTS.search(fold(name).text) for name in names)


@cached_fact
def direct_by_name(dossier: Dossier) -> str:
    """Return the name, the ground cited as reason, or the number that shows a direct award; ``""`` if none does."""
    for mention in dossier.mentions_of("direct_route", parts=GROUND_PARTS):
        return mention.written
    tender = dossier.process.tender
    reason = f"{tender.path}/procurementMethodRationale"
    for ground in cited_grounds(dossier):
        if ground.path == reason:
            return ground.note
    return _numbered(dossier, "direct_number")


@cached_fact
def small_by_name(dossier: Dossier) -> str:
    """Return the name or number of a procedure for small purchases, or for few invited suppliers; else ``""``."""
    return _first_name(dossier, "small_procedure") or _numbered(dossier, "invited_number")


def is_small_purchase(dossier: Dossier) -> bool:
    """Return whether name or article of the method allow the purchase for its amount alone."""
    return bool(small_by_name(dossier) or cited_grounds(dossier, ("small_value",)))


def is_no_choice(dossier: Dossier) -> bool:
    """
    Return whether the procedure says nothing about how the buyer chooses suppliers: for small purchases, orders under
    an existing contract, and if only one supplier was possible or nobody had bid before. Compatibility with what a
    firm supplied before is the choice of the buyer.
    """
    return (
        is_small_purchase(dossier)
        or bool(call_off_by_name(dossier) or cited_grounds(dossier, _WITHOUT_CHOICE))
        or (
            bool(dossier.mentions_of("exclusivity", parts=GROUND_PARTS))
            and not dossier.mentions_of("compatibility_only", parts=GROUND_PARTS)
        )
        or any(
            _BARS_CHOICE in fold(found.written).text
            for found in dossier.mentions_of("direct_route", parts=GROUND_PARTS)
        )
    )


def _numbered(dossier: Dossier, kind: str) -> str:
    process = dossier.process
    title = process.tender.title
    numbers = (
        process.tender.id,
        process.ocid,
        # Some publishers give the number as title: "IDPAC-IP-MC-016-2016".
        "" if " " in title else title,
        *(stage.id for stage in process.stages()),
    )
    return _first_of_country(dossier, kind, numbers)


@cached_fact
def call_off_by_name(dossier: Dossier) -> str:
    """Return the name of a method that is an order under an existing contract; else ``""``."""
    return _first_name(dossier, "call_off")


def require_no_call_off(dossier: Dossier) -> None:
    """Raise NotApplicableError for an order under an existing contract, by the name of the method and titles."""
    if method := call_off_by_name(dossier) or _call_off_by_title(dossier):
        raise NotApplicableError("call_off", method=method)


@cached_fact
def _call_off_by_title(dossier: Dossier) -> str:
    titles = (_QUOTES.sub("", title) for title in _titles(dossier.process))
    return _first(dossier.reference.words.pattern("call_off_title"), titles)


def own_regulation(dossier: Dossier) -> str:
    """Return the name of a buyer that buys by a regulation of its own, which the law lets it set; else ``""``."""
    return _first_of_country(dossier, "own_regulation", (party.name for party in dossier.public_parties))


@cached_fact
def agreement_by_name(dossier: Dossier) -> str:
    """Return the name of a method that is an agreement between bodies, without competition; else ``""``."""
    return _first_name(dossier, "agreement")


def agreed_without_payment(dossier: Dossier) -> Context | None:
    """Return the context that the method is an agreement by its name, and no amount or firm is named; or ``None``."""
    process, method = dossier.process, agreement_by_name(dossier)
    if not method or any(_amounts(process)):
        return None
    names = map(name_reader(dossier.reference.words).forms, (supplier.name for supplier in process.suppliers()))
    has_firm = any(name.core != name.whole for name in names)
    return None if has_firm else Context("agreement", {"method": method})


def funded_by_agreement(dossier: Dossier) -> Context | None:
    """Return the context that the method is an agreement with a funder, and no supplier is named; or ``None``."""
    process = dossier.process
    method = _first_name(dossier, "funding_agreement")
    planning = process.planning
    has_funder = bool(process.parties_with_role("funder") or planning.budget_sources or planning.budget_description)
    return Context("agreement", {"method": method}) if method and has_funder and not process.suppliers() else None


def _amounts(process: Process) -> Iterator[Value | None]:
    """Yield the amounts of a process, from the budget to the payments."""
    yield process.planning.budget_value
    yield process.tender.value
    for entry in (*process.tender.lots, *process.stages()):
        yield entry.value
    for contract in process.contracts:
        for transaction in contract.transactions:
            yield transaction.value


def require_choice_of_supplier(dossier: Dossier) -> None:
    """Raise NotApplicableError for orders and extensions under a contract, and between public bodies."""
    require_no_call_off(dossier)
    if method := agreement_by_name(dossier):
        raise NotApplicableError("agreement", method=method)
    for ground in cited_grounds(dossier, ("between_public_bodies",)):
        raise NotApplicableError("between_public_bodies", ground=ground.note)
    require_no_extension(dossier)


def require_no_extension(dossier: Dossier) -> None:
    """Raise NotApplicableError if the title opens with the extension of a contract."""
    if words := extended_by_title(dossier):
        raise NotApplicableError("extends_contract", words=words)


def below_threshold_by_name(dossier: Dossier) -> str:
    """Return the name of a method for purchases below the legal threshold; else ``""``."""
    return _first_name(dossier, "below_threshold")


def trifling_by_name(dossier: Dossier) -> str:
    """Return the name of a method that the country reserves for trifling amounts; else ``""``."""
    return _first_of_country(dossier, "trifling_procedure", _names(dossier))


def is_ordinary_regime(dossier: Dossier, name: str) -> bool:
    """Return whether a regime that is called special is the ordinary one of its buyers in the country."""
    return bool(_first_of_country(dossier, "ordinary_regime", (name,)))


def catalogue_by_name(dossier: Dossier) -> str:
    """Return the name of a method by which the country orders from a catalogue; else ``""``."""
    return _first_of_country(dossier, "catalogue_procedure", _names(dossier))


def require_competition_in_law(dossier: Dossier) -> None:
    """Raise NotApplicableError if laws require no competition: for the procedure, by its name, or for the object."""
    if name := small_by_name(dossier):
        raise NotApplicableError("small_by_name", method=name)
    require_object_in_law(dossier)


def require_object_in_law(dossier: Dossier) -> None:
    """Raise NotApplicableError, by titles, for leases of real estate, social witnesses and the like."""
    outside = dossier.reference.words.pattern("outside_competition")
    if title := _first(outside, _titles(dossier.process)):
        raise NotApplicableError("outside_competition", title=title)


def require_award_without_offers(dossier: Dossier) -> None:
    """Raise NotApplicableError if laws do not require competition, several took part, or nobody was awarded."""
    require_competition_in_law(dossier)
    tender = dossier.process.tender
    tenderers = len({tenderer.key for tenderer in tender.tenderers})
    if (count := max(tenderers, tender.number_of_tenderers or 0)) > 1:
        raise NotApplicableError("several_tenderers", count=count)
    if not tenderers and not dossier.process.suppliers():
        raise NotApplicableError("nobody_awarded")


def _titles(process: Process) -> tuple[str, ...]:
    return (process.tender.title, *(stage.title for stage in process.stages()))


@cached_fact
def _names(dossier: Dossier) -> tuple[str, ...]:
    return tuple(place.value for place in named_methods(dossier.process.tender))


def _first_name(dossier: Dossier, kind: str) -> str:
    """Return the first name of the method with a word of a list; ``""`` if there is none."""
    return _first(dossier.reference.words.pattern(kind), _names(dossier))


def _first_of_country(dossier: Dossier, kind: str, names: Iterable[str]) -> str:
    """Return the first of ``names`` with a word that a list has for the country; ``""`` if there is none."""
    return _first(dossier.reference.words.pattern_of_country(kind, dossier.process.country), names)


def _first(pattern: re.Pattern[str] | None, names: Iterable[str]) -> str:
    return next((name for name in names if pattern.search(fold_phrase(name))), "") if pattern else ""


def is_award_notice(tender: Tender) -> bool:
    """Return whether the record is only about the award: it has no dates of the tender, documents or bidders."""
    periods = (tender.tender_period, tender.enquiry_period, tender.award_period)
    began = any(period and period.start for period in periods)
    return not (began or tender.documents or tender.tenderers or tender.number_of_tenderers or tender.bid_opening)


def gives_no_reason(dossier: Dossier, reason: str) -> bool:
    """Return whether the text in place of a reason is not one: "Nacional", "N/A"."""
    return " ".join(_WORD.findall(fold_phrase(reason))) in dossier.reference.words.of("no_reason")


def require_competition(dossier: Dossier) -> None:
    """
    Raise NotApplicableError for direct and limited awards, agreements, and orders under an existing contract.

    Code, name, reason or number of the method, or the title, may show it; a procedure of unknown kind passes.
    """
    tender = dossier.process.tender
    if tender.method in NON_COMPETITIVE:
        raise NotApplicableError("method_is", method=tender.method)
    if words := direct_by_name(dossier):
        raise NotApplicableError("direct_by_name", words=words)
    require_no_call_off(dossier)
    if method := agreement_by_name(dossier):
        raise NotApplicableError("agreement", method=method)


def is_competitive(dossier: Dossier) -> bool:
    """Return whether several could bid, as far as the record shows."""
    try:
        require_competition(dossier)
    except NotApplicableError:
        return False
    return True


def require_not_all_cancelled(process: Process) -> None:
    """Raise NotApplicableError if all items, or all lots, are cancelled."""
    _require_other_than({"cancelled"}, process.tender)


def require_success(process: Process) -> None:
    """Raise NotApplicableError if the tender, all its items or all its lots are cancelled or unsuccessful."""
    if process.tender.status in _VOID:
        raise NotApplicableError("tender_void", status=process.tender.status)
    _require_other_than(_VOID, process.tender)


def _require_other_than(ended: frozenset[str] | set[str], tender: Tender) -> None:
    for parts in (tender.items, tender.lots):
        if parts and ended.issuperset(part.status for part in parts):
            raise NotApplicableError("all_void", status=parts[0].status)
