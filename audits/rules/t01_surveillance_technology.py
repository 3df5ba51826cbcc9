"""
The process buys technology that watches, identifies or intercepts people.

## Why it matters

Such technology changes what a state can know of anyone. It is rarely given up again, and an error falls on a person.

## Method

Look in titles, descriptions, lots, items and classifications for:

* facial or other biometric recognition;
* licence-plate reading;
* video surveillance;
* interception;
* tracking of people or vehicles;
* predictive policing;
* monitoring of social media;
* drones that watch.

Words with other meanings ("cámaras", "circuito cerrado", "monitoring") count only if another of them, a command
centre, a security body or a product made for surveillance stands beside them. Cameras and drones side by side film,
unless a word for watching stands there.

### Severity

* **high**: identification, interception, prediction and monitoring of social media.
* **medium**:
  * Plate reading.
  * Locating people or vehicles.
  * Video that is networked over public space, near words for streets, worn by staff or said to be a town's.
  * A security body buys.
* **low**: other video.
* **context** (needs no decision):
  * One entry of a long list of other things or of the installations of works, and what a description alone names
    behind its first 300 characters.
  * What stands behind three other things of a list, in a title that tells of access: the doors and cameras of a
    building.
  * Technology that only title and description name, 70 characters or more after the object begins, in a record that
    the text classifier takes for technology with a probability below one half.
  * What locates, where only who buys, and is no security body, shows that others are located.
  * Readers of fingers beside computers, vehicles or furniture that the title opens with, or behind goods of an office
    that it names.
  * What looks at a body's own vehicles or at the attendance of its staff alone. Whether that is surveillance is open
    to doubt, and readers of notices count it.
  * Cameras that nothing shows to watch more than the buyer's own offices, a security body's too.
  * Who is hired to supervise a work or a supply that others carry out.
  * Trifles: what costs less than one of the `trifles` (by currency; where it has none, by that in dollars at the rate
    of the day), with the exceptions below.

### What is no trifle

* What knows faces, intercepts or reads plates.
* What stands beside a command centre, is bought for a security body by a civil buyer, or looks at pupils, patients,
  migrants and the like.

Where no amount is told, a method that is kept for trifles tells that something is one. It does not tell so of drones,
of what a security body buys, of what looks at streets and squares or at people in a body's hands, and beside a command
centre.

### What shows that cameras watch more than offices

* A place for the public: streets, schools, hospitals, parks, markets, stations, prisons and the like (`public_place`
  of the lists of words).
* People outside, plates, faces, analytics, a control centre, a hundred cameras and the like (`beyond_offices`).
* People in a body's hands, or a security body.

Words of the buyer's own name do not count. If none of these is told, who buys shows it:

* Its name is that of such a place, or of who governs a territory or serves the public (`public_body`). A company of a
  town does neither.
* Nobody is named, and the record reads like technology with a probability of nine tenths.
* A security body buys, and "surveillance" is told that names no camera.

Who buys does not show it where buildings of offices are named within 60 characters after the cameras, but for those of
a place for the public. Nor does it where guards or alarms are named within 250 around them.

### What shows that others are located

* The record tells of clients, taxis, fishers, ankle monitors, tank trucks and the like.
* Who buys has to do with traffic, taxes, customs or security, and tells of no fleet of its own.

## Exclusions

* What the text denies ("no incluye reconocimiento facial").
* Cameras for photography, medicine or laboratories, and chambers ("cámara de comercio", valves).
* Drones and GPS for land, crops and dams.
* Closed circuits, and mere cameras, that film an event ("streaming") or come with a hired hall, but for those in
  streets.
* Offices that are built and named after a system.
* Epidemiological or environmental surveillance.
* Guards without technology.
* Programs that find spyware, and warfare by radio.
* Purchases that were called off before anything was signed or paid.

## Sources

OHCHR, The right to privacy in the digital age (A/HRC/51/17). Al Sur, Facial recognition in Latin America (2021).
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.small_purchases import TRIFLES
from audits.facts.technology.office_goods import office_kit, office_readers
from audits.facts.technology.ordinary_watching import GRAVE, locates_things, ordinary_watching
from audits.facts.technology.own_use import of_others
from audits.facts.technology.prominence import told_beside, told_in_doubt
from audits.facts.technology.public_space import is_of_public_space
from audits.facts.technology.record_words import supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="T01",
    title="Surveillance technology",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=32,
    sentences={
        "default": "The record speaks of technology that watches or identifies people: {words}.",
    },
)
def surveillance_technology(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    found = surveillance(dossier)
    if not found:
        return
    kinds = {mention.concept for mention in of_others(dossier, found)}
    public_space = (
        is_of_public_space(dossier, found)
        or bool(dossier.mentions_of("city_platform", "command_centre"))
        or bool(security_links(dossier))
    )
    if kinds & GRAVE:
        severity = Severity.HIGH
    elif "lpr" in kinds or "location_tracking" in kinds or public_space or security_buyers(dossier):
        severity = Severity.MEDIUM
    else:
        severity = Severity.LOW
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=severity,
        context=supervises(dossier)
        or told_beside(dossier, found)
        or told_in_doubt(dossier)
        or office_kit(dossier)
        or office_readers(dossier)
        or ordinary_watching(dossier, found, trifles)
        or locates_things(dossier, found),
    )
