"""
The process buys technology that watches, identifies or intercepts people.

## Why it matters

Such technology changes what a state can know about anyone. States rarely give it up again, and its errors harm
individuals.

## Method

Look in titles, descriptions, lots, items and classifications for:

* facial or other biometric recognition;
* licence-plate reading;
* video surveillance;
* interception;
* tracking of people or vehicles;
* predictive policing;
* monitoring of social media;
* detection of gunshots and weapons;
* drones that watch.

Words with other meanings ("cámaras", "circuito cerrado", "monitoring") count only beside another such word, a command
centre, a security body or a product made for surveillance. Cameras next to drones are for filming, unless a word for
watching is there too.

### Severity

* **high**: identification, interception, prediction and monitoring of social media.
* **medium**:
  * Plate reading, and sensors that detect gunshots or weapons.
  * Locating people or vehicles.
  * Video that is networked over public space, near words for streets, worn by staff or called a town's.
  * A security body is the buyer.
* **low**: other video.
* **context** (needs no decision):
  * One entry in a long list of other things or of the installations of works, and technology that only a description
    names, after its first 300 characters.
  * Technology after three other things in a list, in a title about access: the doors and cameras of a building.
  * Technology that only title and description name, 70 characters or more after the object begins, in a record that
    the text classifier takes for technology with a probability below one half.
  * Cameras, drones and plate readers alone, whose words have other meanings, in any such record, unless a
    classification code says that it is technology.
  * Cameras alone that cost less than two of the `trifles`, if nothing says that they watch more than offices.
  * Cameras alone that cost less than four of the `trifles`, of a single place for the public (an airport, a hospital),
    if nothing says that they watch streets, and the buyer neither governs a territory nor serves it.
  * Location systems, if only the buyer (not a security body) suggests that others are located.
  * Fingerprint readers beside computers, vehicles or furniture at the start of the title, after office goods that it
    names, or of locks.
  * Systems that only watch a body's own vehicles or the attendance of its staff. Whether that is surveillance is
    debatable; people who label notices count it.
  * Cameras, also of a security body, without a sign that they watch more than the buyer's own offices.
  * Hiring a supervisor for works or supplies that others carry out.
  * Small purchases: below one of the `trifles` (by currency; without one, by the amount in dollars at the rate of the
    day), with the exceptions below.

### What is never a small purchase

* Technology that recognises faces, intercepts, reads plates, or detects gunshots and weapons.
* Technology beside a command centre, bought for a security body by a civil buyer, or watching pupils, patients,
  migrants and the like. Beside a monitoring centre, cameras alone are a small purchase of a named buyer that neither
  governs a territory nor serves the public: any building has such a centre.

If no amount is given, a method reserved for small purchases shows that a purchase is small. It does not do so for
drones, for purchases of a security body, for technology that watches streets and squares or people in a body's custody
or care, or beside a command centre.

### Signs that cameras watch more than offices

* A public place: streets, schools, hospitals, parks, markets, stations, prisons and the like.
* People outside, plates, faces, analytics, a control centre, a hundred cameras and the like.
* People in a body's custody or care, or a security body.

Words of the buyer's own name do not count. Without such a sign, the buyer can show it:

* The buyer's name is that of such a place, or of a body that governs a territory or serves the public. A company of a
  town does neither, nor does a court or the ministério público, whatever territory its name tells.
* No buyer is named, and the text classifier takes the record for technology with a probability of nine tenths.
* A security body buys, and the text says "surveillance" without naming a camera.

The buyer does not show it if office buildings are named within 60 characters after the cameras, except those of a
public place. Nor does it if guards or alarms are named within 250 characters around them. Guards who come with cameras
watch one place, even if it is open to the public.

### Signs that others are located

* The record mentions clients, taxis, fishers, ankle monitors, tank trucks and the like.
* The buyer deals with traffic, taxes, customs or security, and mentions no fleet of its own.

## Exclusions

* Technology that the text rules out ("no incluye reconocimiento facial").
* Cameras for photography, medicine or laboratories, and chambers ("cámara de comercio", valves).
* Drones and GPS for land, crops and dams.
* Closed circuits, and simple cameras, that film an event ("streaming") or come with a hired hall, except those in
  streets.
* Offices that are built and named after a system.
* Epidemiological or environmental surveillance.
* Guards without technology.
* Programs that detect spyware, and electronic warfare.
* Purchases that were called off before anything was signed or paid.

## Sources

OHCHR, The right to privacy in the digital age (A/HRC/51/17). Al Sur, Facial recognition in Latin America (2021).
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES
from audits.facts.technology.ordinary.office_goods import office_kit, office_readers
from audits.facts.technology.ordinary.ordinary_watching import (
    GRAVE,
    doubtful_watching,
    locates_things,
    ordinary_watching,
)
from audits.facts.technology.ordinary.own_use import of_others
from audits.facts.technology.prominence import mentioned_beside
from audits.facts.technology.record_words import supervises
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.systems.public_space import is_of_public_space
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule

_MEDIUM = frozenset({"gunshot_detection", "location_tracking", "lpr"})


@rule(
    code="T01",
    title="Surveillance technology",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=47,
    lists=("security_bodies",),
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
    elif kinds & _MEDIUM or public_space or security_buyers(dossier):
        severity = Severity.MEDIUM
    else:
        severity = Severity.LOW
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=severity,
        context=supervises(dossier)
        or mentioned_beside(dossier, found)
        or office_kit(dossier)
        or office_readers(dossier)
        or ordinary_watching(dossier, found, trifles)
        or locates_things(dossier, found)
        or doubtful_watching(dossier, found, trifles),
    )
