"""
The object is the core, the radio access or the backbone of a network.

## Why it matters

The supplier of a network's core can access everything that passes through it, and is hard to replace for decades.

## Method

Look in titles, descriptions, lots and items for mobile networks, core and access, IMS, fibre and other backbones,
links of microwaves, submarine cables and trunked radio.

A network counts only with a sign that others depend on it. One of these is enough:

* The buyer is an operator, or a text mentions one.
* Its sentence says that it covers a long distance: 20 km or more, between towns, across a province or country, or in
  rural areas.
* A government or its ministry of communications buys it, and not for its own buildings; or another ministry buys it,
  and it is a backbone.
* It is the radio or microwave of a security body or an emergency service.
* It is of a kind that only such bodies have: 4G and 5G, DWDM, GPON, trunked radio, submarine cable, "national".

### Severity

* **high**: a supplier is on a public list that is switched on, or its share of the buyer's spend (see T08) reaches
  `dominant_share` in `dominant_processes` processes or more.
* **medium**: everything else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know). If no amount is given, a method reserved for small purchases shows it.
  * Lines of an operator below twenty `trifles` that have no long reach and are called neither a backbone, a ring nor
    one of the kinds above: it lays and repairs such lines day by day.
  * A network that only title and description name, 70 characters or more after the object begins: something else is
    bought for it. A list of services for it ("design, supply and installation of") is no such thing.
  * Hiring a supervisor for works or supplies that others carry out.
  * Questions that a research proposal would study.

## Exclusions

* Names of classes of goods, also after their codes.
* Fibre of a company or an institution for its own use, or of a government for its own buildings or cameras (except a
  ring or a backbone), upkeep of fibre that a town has, and networks that their sentence places inside a building.
* Rented lines, and services over a network ("internet por red 4G"), unless a line is laid or the network covers a long
  distance.
* Radios, antennas and other parts, and tools for splicing or measuring, unless the buyer is an operator; radios beside
  handsets are parts, and so is one repeater. A network that is listed or maintained beside them is not left out.
* Kinds of networks (5G, trunked radio) of a university, a hospital, a bank or a court.
* Subscriber lines (copper, FTTH connections), power lines, and cooling or power supply beside a network.
* Private exchanges, network measurement, ducts, guards of masts, single masts that cover no territory, and studies and
  surveys that build nothing.
* Purchases that were called off before anything was signed or paid.

## Sources

European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES, modest, trifle
from audits.facts.sellers.vendors import supplier_matches
from audits.facts.technology.prominence import mentioned_behind
from audits.facts.technology.record_words import researches, supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.systems.core_networks import are_local_lines, core_networks
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, ValuesRead
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule

# Below so many trifles, operators lay and repair local lines day by day: none of four such flags was right.
_LOCAL = 20


@rule(
    code="T07",
    title="Core network",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=43,
    lists=("vendors", "public_lists"),
    reads=("supplier_shares",),
    # A share makes it graver, and no sentence tells it.
    bounds={
        "supplier_shares": Bounds(
            {"share": "dominant_share", "processes": "dominant_processes"}, values_read=ValuesRead.NOTHING
        )
    },
    sentences={
        "default": "The record speaks of a core, access or backbone network: {words}.",
    },
    reasons={
        "modest": "what it costs, {spent}, is below {bound}, and it is a local line of an operator",
    },
)
def core_network(
    dossier: Dossier,
    *,
    dominant_share: float = 0.5,
    dominant_processes: int = 5,
    trifles: Mapping[str, int] = TRIFLES,
) -> Iterator[Finding]:
    require_scope(dossier)
    found = core_networks(dossier)
    if not found:
        return
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    dominant = any(
        share.supplier in suppliers and share.share >= dominant_share and share.processes >= dominant_processes
        for share in dossier.statistics.supplier_shares or ()
    )
    listed = any(match.entry.is_listed() for match in supplier_matches(dossier))
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.HIGH if dominant or listed else Severity.MEDIUM,
        context=researches(dossier)
        or supervises(dossier)
        or mentioned_behind(dossier, found)
        or trifle(dossier, trifles)
        or (modest(dossier.process, trifles, _LOCAL) if are_local_lines(dossier, found) else None),
    )
