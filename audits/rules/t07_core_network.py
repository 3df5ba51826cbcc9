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
* **context** (waits for no decision):
  * What names no network and costs less than one of the `trifles` (by currency, a bound of this project, which
    readers of notices do not know). Where no amount is told, a method that is kept for such tells it.
  * A network that title and description alone tell of, 70 characters or more behind where what is bought begins:
    something else is bought for it. A list of what is done to it ("design, supply and installation of") is no
    such thing.

## Exclusions

* Names of classes of goods, behind their codes too.
* Fibre that a company or an institution has for itself, or a government for its own houses, and what its sentence
  tells to be in a building.
* Lines that are rented, and services that come over a network ("internet por red 4G"), unless a line is laid or the
  network goes far.
* Radios, antennas and other parts, and tools that splice or measure, unless the buyer is an operator. A network that
  is listed or kept up beside them is not left out.
* Kinds of networks (5G, trunked radio) of a university, a hospital, a bank or a court.
* Lines of subscribers (copper, connections of FTTH), lines of electric power, and what cools or drives beside a
  network.
* Private exchanges, what measures a network, ducts for one, guards of masts, and studies and surveys that build
  nothing.
* Purchases that were called off before anything was signed or paid.

## Sources

European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.procurement.vendors import supplier_matches
from audits.facts.technology.core_networks import core_networks, names_network
from audits.facts.technology.prominence import told_behind
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.bounds import Bounds, Telling
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T07",
    title="Core network",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=18,
    reads=("supplier_shares",),
    # A share makes it graver, and no sentence tells it.
    bounds={
        "supplier_shares": Bounds(
            {"share": "dominant_share", "processes": "dominant_processes"}, tells=Telling.NOTHING
        )
    },
    changes={
        3: Change(
            "2026-11-24",
            "Fibre inside a building and radios that must only fit a network no longer count; a radio "
            "network and long fibre count in more orders of words.",
        ),
        2: Change("2026-11-24", "A network that only carries a service (“internet over 4G”) no longer counts."),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        5: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; names of classes, the last mile, "
            "radios for a network, parts that serve one office or studio, "
            "parts of a radio network, tools and networks of electric power no longer count.",
        ),
        6: Change(
            "2026-11-28",
            "“Fibra láser” is no network, and what was called off is not asked about.",
        ),
        7: Change(
            "2026-11-28",
            "A network of fibre between the houses of a bank, a court, an institute or a university no longer "
            "counts where nothing tells that it goes far, nor do poles on the grounds of a hospital or a "
            "school.",
        ),
        8: Change(
            "2026-11-28",
            "“Regional”, “national” and the like in the name of an office, that of the buyer too (“Caja Nacional - "
            "Regional La Paz”), no longer tell that a network goes far.",
        ),
        9: Change(
            "2026-11-28",
            "The service of links between offices tells of no network that goes far, unless a line is laid; a "
            "regional network of radio counts.",
        ),
        10: Change(
            "2026-11-28",
            "A network needs a sign that others depend on it: its name alone (“red de fibra óptica”) no longer "
            "counts, nor does what a company, an institution or the houses of a government have for themselves; "
            "the radio of who comes in emergencies does.",
        ),
        11: Change(
            "2026-11-28",
            "Private exchanges, what measures a network, and studies that build nothing are no networks that others "
            "depend on.",
        ),
        12: Change(
            "2026-11-29",
            "Ducts for a network, and surveys of sites, are no network. What only a long list names, "
            "behind its first words, is not what is bought.",
        ),
        13: Change(
            "2026-11-29",
            "Guards of masts are no network, and trifles that name no network are context.",
        ),
        14: Change(
            "2026-11-29",
            "The lines of subscribers (copper, connections of FTTH) are no network that others depend on, nor "
            "are fans and vehicles beside one, or lines of electric power. “OFC” is fibre, and so is “optical "
            "fiber” in American spelling.",
        ),
        15: Change(
            "2026-11-29",
            "A network that stands behind the first 70 characters of what is bought is context.",
        ),
        16: Change(
            "2026-11-29",
            "What an exclusion sets aside is withheld, with the exclusion and the passage, instead of answered as "
            "clear without a reason.",
        ),
        17: Change(
            "2026-11-29",
            "What is bought begins behind a list of what is done to it (“diseño, suministro y puesta en marcha de una "
            "red”). Radios by their number, names of classes behind their codes, and lines of direct current no "
            "longer count.",
        ),
        18: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
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
        context=told_behind(dossier, found) or (None if names_network(found) else trifle(dossier, trifles)),
    )
