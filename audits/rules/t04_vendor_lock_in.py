"""
The buyer may not be able to leave this vendor.

## Why it matters

A buyer that only one firm can serve pays what that firm asks, and cannot follow its own policy on data or security.

## Method

For technology in scope, look for a ground of exclusivity, sole distribution, intellectual property, technical reasons
or compatibility, in words or by the article of a law ("artigo 24.º, n.º 1, alínea e), subalínea ii)"); for a brand,
model or proprietary product named in the object without "or equivalent" within `equivalent_reach` characters; for
licences, support or renewal of a product that no list holds but whose spelling tells a name ("del software
Pergamum", "TrustBroker"); and for an extension of the same contract. Severity: high when the purchase is not
competitive and the buyer bought from the same supplier without competition before, else medium.

## Exclusions

A direct award without any such ground. Words that only sound alike: "exclusivamente por medio electrónico",
"dedicación exclusiva". Brands with "or equivalent". Names of suppliers alone. Renewals that name no product.
Systems of the state's own ("sistema SIGEF").

## Sources

European Commission, Against lock-in: building open ICT systems (COM(2013) 455). OCP, Red flags for integrity.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence

from audits.facts.grounds import cited_grounds
from audits.facts.technology import (
    BOTH,
    GROUND_PARTS,
    PRODUCTS,
    first_of_each,
    is_direct,
    named_evidence,
    require_scope,
    supplier_matches,
    vendor_names,
)
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Evidence, Finding, Severity, Stage, rule
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.normalize import fold
from audits.matching.products import Sign, unlisted_products
from audits.matching.scope import OBJECT_PARTS
from audits.matching.watchlist import NameMention
from contracts.ocds.codes import NON_COMPETITIVE

# What binds to a product that is named: its licences, its support, its renewal.
_UPKEEP = ("renewal", "vendor_upkeep", "maintenance", "proprietary_licence", "maintenance_by_vendor")
# What makes a party of a name after it, and how many characters before the name it is looked for.
_PARTY = re.compile(
    r"\b(?:suministrad[oa]s?|proveid[oa]s?|ejecutad[oa]s?|desarrollad[oa]s?|fornecid[oa]s?|executad[oa]s?|adjudicad[oa]s?|"
    r"provision de [^.;]*|provided|supplied|implemented|built|financed|won|signed|awarded|contrato|contrat[oa]d[oa]s?|"
    r"contract|contracts|convenio|acuerdo|acordo|agreement|memorando|mou|consorcio|empresa|firma|contratista|contractor|"
    r"oferente|proveedor|fornecedor|supplier)"
    r"(?: (?:por|pel[oa]|by|con|com|with|a|ao|to|from|de|da|do|entre|between|l[ao]s?|el|the|empresa|firma|compania))*"
    r"(?: [\w.&-]+){0,3}? ?[(\"']?$"
    # "por China National Electronics (CEIEC)"
    r"|\b(?:por|by|pel[ao])(?: (?:l[ao]|el|the|empresa|firma))* $|\b(?:por|by|pel[ao]) [^.;]{4,40}\($"
)
_PARTY_REACH = 60
# How near, in characters, "de referencia" must stand before a brand.
_REFERENCE_REACH = 30
_CITED = ("exclusive_rights", "technical_reasons", "continuity")
# Where what is bought is named in words. Items and codes hold model numbers of anything.
_NAMING_PARTS = frozenset({"title", "description", "lot"})


@rule(
    code="T04",
    title="Vendor lock-in",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=4,
    reads=("supplier_history",),
    changes={
        2: Change(
            "2026-11-24",
            "Products that no list holds are told by their spelling; a renewal that names no product no "
            "longer counts.",
        ),
        3: Change(
            "2026-11-25",
            "Articles of laws that give a ground of exclusivity, technical reasons or continuity count.",
        ),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
    },
    sentences={
        "default": "The record shows ties to one vendor: {words}.",
        "repeated": "The record shows ties to one vendor ({words}), after {times} earlier purchases from it without "
        "competition.",
    },
)
def vendor_lock_in(dossier: Dossier, *, equivalent_reach: int = 150) -> Iterator[Finding]:
    require_scope(dossier)
    grounds = _grounds(dossier)
    extensions = dossier.mentions_of("contract_extension", parts=OBJECT_PARTS | GROUND_PARTS | {"amendment"})
    evidence = (
        *cited_grounds(dossier, _CITED),
        *(dossier.evidence(mention) for mention in first_of_each((*grounds, *extensions))),
        *(dossier.evidence(brand) for brand in _brands(dossier, equivalent_reach)),
    )
    if not evidence:
        return
    evidence = _one_per_place(evidence)
    earlier = _earlier_direct(dossier)
    if earlier and is_direct(dossier):
        yield Finding(
            evidence=evidence,
            values={"words": named_evidence(evidence), "times": earlier},
            sentence="repeated",
            severity=Severity.HIGH,
        )
    else:
        yield Finding(evidence=evidence, values={"words": named_evidence(evidence)})


def _grounds(dossier: Dossier) -> tuple[Mention, ...]:
    """Grounds that speak for themselves anywhere, and weaker words where the method is justified."""
    concepts = ("exclusivity", "compatibility_only", "proprietary_licence", "maintenance_by_vendor")
    strong = dossier.mentions_of(*concepts, parts=OBJECT_PARTS | GROUND_PARTS)
    weak = dossier.mentions_of(*concepts, parts=GROUND_PARTS, strengths=(WEAK,))
    return (*strong, *weak)


def _brands(dossier: Dossier, reach: int) -> tuple[Mention | NameMention, ...]:
    """Products, makers and brand demands in the object, but for those with "or equivalent" after them."""
    products = dossier.mentions_of(*PRODUCTS)
    suppliers = {match.entry.name for match in supplier_matches(dossier)}
    makers = [name for name in vendor_names(dossier, OBJECT_PARTS) if name.entry.name not in suppliers]
    demands = dossier.mentions_of("brand_demand")
    weak: dict[str, list[Mention]] = {}
    for mention in dossier.mentions_of("brand_demand", strengths=(WEAK,)):
        weak.setdefault(mention.path, []).append(mention)
    for mentions in weak.values():
        # "marca" or "modelo" alone may be anything; "marca X, modelo Y" in one text is a demand.
        if len({mention.term for mention in mentions}) > 1:
            demands = (*demands, *mentions)
    # What opens a brand to others: after it "Cisco o similar", before it "marca de referencia: Cisco".
    after: dict[str, list[int]] = {}
    before: dict[str, list[int]] = {}
    for mention in dossier.mentions_of("or_equivalent", strengths=BOTH):
        insort(after.setdefault(mention.path, []), mention.start)
        if "refer" in mention.written.lower():
            insort(before.setdefault(mention.path, []), mention.end)
    found: list[Mention | NameMention] = [*first_of_each(products), *makers, *first_of_each(demands)]
    found.extend(_unlisted(dossier))
    return tuple(
        brand
        for brand in found
        if not _is_party(dossier, brand)
        and not _lies_within(after.get(brand.path, ()), brand.end, brand.end + reach)
        and not _lies_within(before.get(brand.path, ()), brand.start - _REFERENCE_REACH, brand.start)
    )


def _lies_within(offsets: Sequence[int], first: int, last: int) -> bool:
    """Tell whether one of some offsets, in order, lies from ``first`` to ``last``."""
    place = bisect_left(offsets, first)
    return place < len(offsets) and offsets[place] <= last


def _is_party(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """Tell whether a name is that of whoever supplies ("adjudicada a", "provided by"), and not of what is bought."""
    before = fold(dossier.text_of(brand)[max(0, brand.start - _PARTY_REACH) : brand.start]).text
    return bool(_PARTY.search(before))


def _unlisted(dossier: Dossier) -> Iterator[Mention]:
    """Yield brands and models in titles and descriptions, and names of products beside their licence or upkeep."""
    upkeep = {mention.path for mention in dossier.mentions_of(*_UPKEEP)}
    for text in dossier.texts:
        if text.part not in _NAMING_PARTS:
            continue
        for product in unlisted_products(text.value, dossier.process.language[:2], dossier.reference.words):
            if product.sign is Sign.NAME and text.path not in upkeep:
                continue
            written = text.value[product.start : product.end]
            yield Mention(
                concept=f"unlisted_{product.sign}",
                term=written.casefold(),
                strength=STRONG,
                language=dossier.process.language,
                path=text.path,
                part=text.part,
                start=product.start,
                end=product.end,
                written=written,
            )


def _earlier_direct(dossier: Dossier) -> int:
    """Count earlier purchases without competition from a supplier of this process; 0 if none are known."""
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    return sum(
        1
        for earlier in dossier.statistics.supplier_history or ()
        if earlier.supplier in suppliers and earlier.method in NON_COMPETITIVE
    )


def _one_per_place(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Keep one of several pieces that mark the same words: a maker is also a product's name."""
    seen: dict[tuple[str, int | None], Evidence] = {}
    for place in evidence:
        seen.setdefault((place.path, place.start), place)
    return tuple(seen.values())
