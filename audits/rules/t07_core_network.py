"""
The object is the core, the radio access or the backbone of a network.

## Why it matters

Whoever supplies the core of a network can reach all that passes through it, and is hard to replace for decades.

## Method

Look in titles, descriptions, lots and items for mobile networks, core and access, IMS, fibre and other backbones,
links of microwaves, submarine cables and trunked radio.

A network counts by a sign that others depend on it. One of these is enough:

* The buyer is an operator, or a text tells of one.
* Its sentence tells that it goes far: 20 km or more, between towns, over a province or country, or where few live.
* A government or its ministry of communications buys it, and not for its own houses; or another ministry buys it, and
  it is a backbone.
* It is radio or microwave of a security body, or of who comes in emergencies.
* It is of a kind that only such bodies have: 4G and 5G, DWDM, GPON, trunked radio, submarine cable, "national".

### Severity

* **high**: a supplier is on a public list that is switched on, or its share of the buyer's spend (see T08) reaches
  `dominant_share` in `dominant_processes` processes or more.
* **medium**: all else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know). If no amount is given, a method reserved for small purchases shows it.
  * A network that title and description alone tell of, 70 characters or more behind where what is bought begins:
    something else is bought for it. A list of what is done to it ("design, supply and installation of") is no such
    thing.
  * Who is hired to supervise a work or a supply that others carry out.
  * What the text of a proposal would find out by research.

## Exclusions

* Names of classes of goods, behind their codes too.
* Fibre that a company or an institution has for itself, or a government for its own houses or its cameras (but for a
  ring or a backbone), and what its sentence tells to be in a building.
* Lines that are rented, and services that come over a network ("internet por red 4G"), unless a line is laid or the
  network goes far.
* Radios, antennas and other parts, and tools that splice or measure, unless the buyer is an operator; radios beside
  handsets are such. A network that is listed or kept up beside them is not left out.
* Kinds of networks (5G, trunked radio) of a university, a hospital, a bank or a court.
* Lines of subscribers (copper, connections of FTTH), lines of electric power, and what cools or drives beside a
  network.
* Private exchanges, what measures a network, ducts for one, guards of masts, masts alone that go over no territory,
  and studies and surveys that build nothing.
* Purchases that were called off before anything was signed or paid.

## Sources

European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.procurement.vendors import supplier_matches
from audits.facts.technology.core_networks import core_networks
from audits.facts.technology.prominence import told_behind
from audits.facts.technology.record_words import researches, supervises
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, Telling
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T07",
    title="Core network",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=32,
    reads=("supplier_shares",),
    # A share makes it graver, and no sentence tells it.
    bounds={
        "supplier_shares": Bounds(
            {"share": "dominant_share", "processes": "dominant_processes"}, tells=Telling.NOTHING
        )
    },
    sentences={
        "default": "The record speaks of a core, access or backbone network: {words}.",
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
    listed = any(match.entry.listings for match in supplier_matches(dossier))
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.HIGH if dominant or listed else Severity.MEDIUM,
        context=researches(dossier) or supervises(dossier) or told_behind(dossier, found) or trifle(dossier, trifles),
    )
