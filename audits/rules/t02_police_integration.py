"""
The system belongs to, or is connected with, a security body.

## Why it matters

Systems bought for traffic, schools or broadband may feed police or military files. People whom a system watches should
be able to learn who is watching.

## Method

Flag a process for technology in scope if one of these is true:

* A buyer or procuring entity is a police, military, intelligence, prison, investigating or emergency-command body, by
  the list of such bodies, else by the words of its name. A buyer that is a unit (`memberOf`) of such a body counts
  too.
* Titles, descriptions, lots or items link the technology to such a body, or to its networks and files by their names
  ("SIRESP", "INFOSEG").

### Severity

* **high**: the buyer is civil and the text makes the link.
* **medium**: a security body buys for itself, or the record names no buyer.
* **low**: systems of a security body with data on persons or cases, and systems of bodies that gather intelligence, by
  their name.
* **context** (needs no decision):
  * A security body's purchases that make no link (see below), its research, and its supervisors of works or supplies.
  * Tracking of its own vehicles, attendance of its own staff and cameras of its own offices, as in T01.
  * Technology that watches nobody and that only a description names, after its first words.
  * Technology that only title and description name, 70 characters or more after the object begins, in a record that
    the text classifier takes for technology with a probability below one half.
  * Purchases of military courts, and of prosecutors unless for face recognition or listening, or unless the unit
    itself investigates, by its name ("GAECO").
  * Purchases of its hospitals, schools, pension funds, mutual societies and housing, unless they hold prisoners or buy
    face recognition or listening.
  * Purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
    know), except command centres, faces, plates and interception. If no amount is given, a method reserved for small
    purchases shows it; if an article of the law that allows small purchases is cited, the bound is twice as high.
  * Cameras alone and command centres that a civil buyer links, if an amount is given and is below one of the
    `trifles`, unless streets are watched.
  * What watches nobody and is no command centre, below four `trifles`, unless the record tells of persons or cases, or
    its title of intelligence.
  * Networks and drones that armed forces buy for themselves, unless they are known to cost thirty `trifles`, or the
    record tells of a duty towards people: police, borders, intelligence, rescue.
  * A civil buyer with a link in the text: software alone, unless it is said to hold data on persons or cases; or a
    link that only items make in a record with a title, since they are often described by the name of their class.

### What makes no link

* Servers, licences and office systems, robots that fill in forms or answer questions, and analysis of a body's own
  data; devices of an office "with AI".
* Internet and telephone services, minutes and data of satellite telephones, and certificates with which staff sign.
* Handsets and radio sets of its staff, their parts, and networks with their fibre and masts.
* Doors and gates that do not open by biometrics, and systems that locate vehicles, or that a civil body buys, if no
  text says that others are located.

The same applies to a civil buyer. It does not apply if something shows more than an office: a command centre, an
emergency number, cameras, intelligence, patrols, radio networks, communications equipment, satellites, links, its own
fibre, or something recorded, encrypted or connected.

## Exclusions

* Objects out of scope: a police force that buys boots, or a transformer, air conditioning or fire protection for a
  command centre.
* Names of suppliers.
* Links that the text rules out.
* Documents that bidders or their staff must present ("antecedentes policiales", "police check"), and places next to a
  body ("frente a la estación de policía").
* Services that a body runs beside its duties: hospitals, schools and housing.
* Titles of laws ("Ley de Policía").
* The intelligence of systems and numbers ("inteligencia artificial", "inteligencia de negocios").
* Elections, which ministries of the interior organize.
* Public defenders, courts (also municipal ones with "policía local" in their name) and fire brigades.
* Courses of study.
* Bodies that a long list names after its first words.
* Purchases that were called off before anything was signed or paid.

If the record names no buyer and the object makes no link, the outcome is "insufficient data".

## Sources

Privacy International, Safeguards for public-private surveillance partnerships (2021). List of security bodies of this
installation.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.grounds import cited_grounds
from audits.facts.methods.small_purchases import TRIFLES, modest, trifle
from audits.facts.technology.control.armed_forces import of_forces_alone
from audits.facts.technology.control.linking import LINKING_SECTORS, links_others
from audits.facts.technology.ordinary.ordinary_watching import is_sensitive, of_small_place, ordinary_watching
from audits.facts.technology.prominence import mentioned_doubtfully, mentioned_in_items, mentioned_late
from audits.facts.technology.record_words import researches, supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_bodies, security_buyers, security_links
from audits.facts.technology.systems.surveillance import surveillance
from audits.facts.technology.systems.watched_people import mentions_persons_in_files, tells_of_persons_in_files
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named, named_evidence
from audits.judging.rule.vocabulary import Context, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="T02",
    title="Police integration",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=54,
    lists=("security_bodies", "laws", "grounds"),
    sentences={
        "default": "A security body buys this technology: {words}.",
        "unnamed": "The text ties the technology to a security body, and the record names no buyer: {words}.",
        "link": "A civil buyer's text ties the technology to a security body: {words}.",
    },
    reasons={
        "of_forces_alone": "armed forces buy it for themselves, and it is not known to be large",
        "links_nobody": "it serves the offices or the staff of a security body, and links nobody",
        "modest": "what it costs, {spent}, is below {bound}: the law calls it small, or it links nobody",
    },
)
def police_integration(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    links = tuple(first_of_each(security_links(dossier)))
    # A hospital of the military buys as a civil body where the text links it, else as one of theirs.
    buyers = security_buyers(dossier) or (() if links else security_bodies(dossier))
    links_people = bool(LINKING_SECTORS.intersection(dossier.sectors))
    if buyers:
        yield Finding(
            evidence=(*buyers, *(dossier.evidence(link) for link in links)),
            values={"words": named_evidence(buyers)},
            severity=Severity.MEDIUM if links_people else Severity.LOW,
            context=researches(dossier)
            or supervises(dossier)
            or _ordinary(dossier, trifles)
            or mentioned_doubtfully(dossier),
        )
    elif links:
        has_buyer = any(party.name for party in dossier.public_parties)
        if not has_buyer and not links_people:
            raise InsufficientDataError("/buyer/name")
        ordinary = supervises(dossier) or _links_nobody(dossier, is_for_body=True) or _little(dossier, trifles)
        yield Finding(
            evidence=tuple(dossier.evidence(link) for link in links),
            values={"words": named(links)},
            sentence="link" if has_buyer else "unnamed",
            severity=Severity.HIGH if has_buyer else Severity.MEDIUM,
            context=ordinary or mentioned_in_items(dossier, links) or mentioned_doubtfully(dossier),
        )


def _ordinary(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """Return why what a security body buys is ordinary: it links nobody, is for its people, its fleet, or a trifle."""
    if not security_buyers(dossier):
        return Context("links_nobody", {})
    if for_itself := _links_nobody(dossier, is_for_body=False) or of_forces_alone(dossier, trifles):
        return for_itself
    if watching := surveillance(dossier):
        ordinary = ordinary_watching(dossier, watching, trifles)
        return ordinary or (None if is_sensitive(dossier, watching) else _small_by_law(dossier, trifles))
    return mentioned_late(dossier, dossier.scope.evidence) or _little(dossier, trifles)


def _links_nobody(dossier: Dossier, *, is_for_body: bool) -> Context | None:
    """Return that what is bought links nobody, and no files of persons are told of."""
    is_linking = links_others(dossier, is_for_body=is_for_body) or mentions_persons_in_files(dossier)
    return None if is_linking else Context("links_nobody", {})


def _little(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """Return that little is paid for what watches nobody, or for a place that a civil buyer has watched for a body."""
    if (watching := surveillance(dossier)) or dossier.mentions_of("command_centre"):
        return None if security_buyers(dossier) else of_small_place(dossier, watching, trifles)
    small = trifle(dossier, trifles) or _small_by_law(dossier, trifles)
    return small or (None if tells_of_persons_in_files(dossier) else modest(dossier.process, trifles, 4))


def _small_by_law(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """Return that a ground for small purchases is cited, Brazil's for 1.3 trifles, and less than two are spent."""
    return modest(dossier.process, trifles, 2) if cited_grounds(dossier, ("small_value",)) else None
