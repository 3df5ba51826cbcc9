"""Whether the money and the supplier come from one country and competition was limited: read by T05 and T06."""

from audits.dossier import Dossier
from audits.rules.base import Evidence
from audits.rules.readings import is_direct, lenders, party_evidence, supplier_matches


def tied_supply_evidence(dossier: Dossier) -> list[tuple[str, str, str, tuple[Evidence, ...]]]:
    """Return ``(lender, supplier, country, evidence)`` for each pair that shares a home country without competition."""
    money = lenders(dossier)
    if not money:
        return []
    limits = [
        *is_direct(dossier),
        *(dossier.evidence(mention) for mention in dossier.said("tied_procurement", "buyer_credit", parts=_ANYWHERE)),
    ]
    if not limits:
        return []
    suppliers: dict[str, tuple[str, str, Evidence]] = {}
    for match in supplier_matches(dossier):
        suppliers.setdefault(match.path, (match.name, match.entry.country, party_evidence(match)))
    for party in dossier.process.parties_with_role("supplier"):
        if party.country:
            place = Evidence(f"{party.path}/name", party.name, party.name, note=f"supplier, {party.country}")
            suppliers.setdefault(party.path, (party.name, party.country, place))
    return [
        (lender, supplier, country, (source, place, *limits))
        for lender, country, source in money
        for supplier, seat, place in suppliers.values()
        if country and seat == country
    ]


_ANYWHERE = frozenset({"title", "description", "lot", "item", "method", "rationale", "budget", "document", "criteria"})
