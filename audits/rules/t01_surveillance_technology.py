"""
The process buys technology that watches, identifies or intercepts people.

## Why it matters

Such technology changes what a state can know of anyone. It is rarely given up again, and an error falls on a
person.

## Method

Look in titles, descriptions, lots, items and classifications for facial or other biometric recognition, licence-
plate reading, video surveillance, interception, tracking of people or vehicles, predictive policing, monitoring of
social media and drones that watch. Words with other meanings ("cámaras", "monitoring") count only if another of
them, a command centre, a security body or a product made for surveillance stands beside them. Severity: high for
identification, interception, prediction and tracking of people; medium for plate reading and for video that is
networked over public space or said to be a town's; low for ordinary video of one building; context for one entry of
a long list of other things, for what looks at a body's own vehicles or at the attendance of its staff
alone (whether that is surveillance is open to doubt, and readers of notices count it), for the cameras of guards who
are hired, but for those in public space, and for what costs less than one of the `trifles` (by currency; where no
amount is told, by a method that is kept for such) and neither knows faces nor intercepts. Cameras of guards
and trifles are no context where a security body buys them or they look at pupils, patients, migrants and the like.

## Exclusions

What the text denies ("no incluye reconocimiento facial"). Cameras for photography, medicine or laboratories,
chambers ("cámara de comercio"), closed circuits that film an event ("streaming"), epidemiological or environmental
surveillance, guards without technology.

## Sources

OHCHR, The right to privacy in the digital age (A/HRC/51/17). Al Sur, Facial recognition in Latin America (2021).
"""

from collections.abc import Iterator, Mapping

from audits.facts.ordinary_watching import GRAVE, ordinary_watching
from audits.facts.own_use import of_others
from audits.facts.small_purchases import TRIFLES
from audits.facts.technology import (
    first_of_each,
    is_of_town,
    list_entry,
    named,
    require_scope,
    security_buyers,
    security_links,
    surveillance,
)
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T01",
    title="Surveillance technology",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=4,
    changes={
        2: Change("2026-11-24", "Cameras count beside a product that is made for surveillance."),
        3: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        4: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; a word for watching speaks for "
            "cameras and drones alone; events that are filmed count no longer, and one entry of a long list is "
            "context, and so are what looks at a body's own vehicles or staff alone, cameras of guards and trifles; "
            "cameras of a town are medium.",
        ),
    },
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
        is_of_town(dossier, found)
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
        context=list_entry(dossier, found) or ordinary_watching(dossier, found, trifles),
    )
