"""
The process buys technology that watches, identifies or intercepts people.

## Why it matters

Such technology changes what a state can know of anyone. It is rarely given up again, and an error falls on a
person.

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
* **context** (waits for no decision):
  * One entry of a long list of other things or of the installations of works, and what a description alone names
    behind its first 300 characters.
  * What stands behind three other things of a list, in a title that tells of access: the doors and cameras of a
    building.
  * What title and description alone tell of, 70 characters or more behind where what is bought begins, in a record
    that reads like technology with a probability below one half.
  * What locates, where only who buys, and is no security body, shows that others are located.
  * Readers of fingers beside computers, vehicles or furniture that the title opens with, or behind goods of an office
    that it names.
  * What looks at a body's own vehicles or at the attendance of its staff alone. Whether that is surveillance is open
    to doubt, and readers of notices count it.
  * Cameras that nothing shows to watch more than the buyer's own offices, a security body's too.
  * Trifles: what costs less than one of the `trifles` (by currency), with the exceptions below.

### What is no trifle

* What knows faces, intercepts or reads plates.
* What stands beside a command centre, is bought for a security body by a civil buyer, or looks at pupils, patients,
  migrants and the like.

Where no amount is told, a method that is kept for trifles tells that something is one. It does not tell so of drones,
of what a security body buys and of what a sign shows to watch more than offices.

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

Who buys does not show it where buildings of offices are named within 60 characters after the cameras, but for those
of a place for the public. Nor does it where guards or alarms are named within 250 around them.

### What shows that others are located

* The record tells of clients, taxis, fishers, ankle monitors, tank trucks and the like.
* Who buys has to do with traffic, taxes, customs or security, and tells of no fleet of its own.

## Exclusions

* What the text denies ("no incluye reconocimiento facial").
* Cameras for photography, medicine or laboratories, and chambers ("cámara de comercio", valves).
* Drones and GPS for land, crops and dams.
* Closed circuits that film an event ("streaming") or come with a hired hall.
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
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.surveillance import surveillance
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Change, Finding, Severity, Stage, rule


@rule(
    code="T01",
    title="Surveillance technology",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=22,
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
        5: Change(
            "2026-11-28",
            "“Circuito cerrado” of catheters is no technology, and what is bought is read behind “empresa "
            "especializada para …” too; what was called off is not asked about.",
        ),
        6: Change(
            "2026-11-28",
            "Rooms that are named after a system, and closed circuits that a venue lends for an event, are no "
            "system; vehicles of which nothing more is told are the buyer's, and a short title has the "
            "purpose of its description; cameras in streets, of a commune or worn by staff are medium; upkeep "
            "of cameras of own offices and whoever watches alarms are context.",
        ),
        7: Change(
            "2026-11-28",
            "The ordinary cameras of one building of offices, named right after them, are context, new ones too; "
            "own vehicles and the access of staff alone are told by more words, but ankle monitors, taxis and "
            "fishers' fleets are not own; Bolivia's “contratación menor” is a trifle, and the name of a method "
            "alone makes none of plates, drones, public space and schools.",
        ),
        8: Change(
            "2026-11-28",
            "The ordinary cameras of a body of offices are context where no sign tells that more is watched; "
            "fleets are told by words further off, and locating that tells of nothing more is the buyer's own; "
            "GPS and drones that measure land or watch crops and dams are no surveillance, nor are chambers "
            "that are maintained.",
        ),
        9: Change(
            "2026-11-28",
            "Cameras are taken for those of the buyer's own offices, and what locates for its own use, unless a sign "
            "shows more; places for the public, and who serves it, are lists of words; chambers of telemetry and "
            "inspections of pipes are no surveillance.",
        ),
        10: Change("2026-11-28", "Signatures by hand on a tablet and masks for the face identify nobody."),
        11: Change(
            "2026-11-29",
            "What only a long list names, behind its first words, is not what is bought.",
        ),
        12: Change(
            "2026-11-29",
            "What cameras cost, a whole country, a city that is named and own vehicles no longer show that they watch "
            "more than offices, nor does a company of a town; goods may stand between cameras and an office, and an "
            "office of a hospital is one. Stolen vehicles may be the buyer's own. Drones and cameras that film, "
            "“circuito cerrado” and “seguridad electrónica” alone, access that nothing of a body opens, electronic "
            "warfare, OSINT and programs against spyware are no surveillance; readers of fingers beside computers, "
            "and cameras beside alarms and guards of a security body, are context.",
        ),
        13: Change(
            "2026-11-29",
            "Cameras of a security body are those of its own offices, and context, unless a sign shows more, and "
            "what it buys for little money is context too, as for any buyer; plates are no trifle for anybody. "
            "“Extracción digital” of phones counts; hired cars that are tracked are no surveillance.",
        ),
        14: Change("2026-11-29", "What a description alone names, behind its first 300 characters, is context."),
        15: Change(
            "2026-11-29",
            "Apparatus of laboratories (“plate readers”), systems that watch illness and the sites of mobile "
            "masts are no surveillance.",
        ),
        16: Change(
            "2026-11-29",
            "What is one of the installations of works, or of their design, that are told around it is context.",
        ),
        17: Change(
            "2026-11-29",
            "“Informática forense” is surveillance.",
        ),
        18: Change(
            "2026-11-29",
            "Equipment of a “circuito cerrado” is cameras, and Portuguese knows more of what Spanish does (“câmaras "
            "IP”, “rastreio de veículos”).",
        ),
        19: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
        20: Change(
            "2026-11-29",
            "What stands behind the first 70 characters of what is bought, in a record that hardly reads like "
            "technology, is context, and so is what locates where only who buys shows that others are located.",
        ),
        21: Change(
            "2026-11-29",
            "What stands behind three other things of a list, in a title that tells of access, is context. So are "
            "cameras where no buyer is named, no sign shows more, and the record does not surely read like "
            "technology, and readers of fingers behind goods of an office that the title names.",
        ),
        22: Change(
            "2026-11-29",
            "Plates beside apparatus of a laboratory (“lector de placas, termociclador”) are none of vehicles.",
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
        context=told_beside(dossier, found)
        or told_in_doubt(dossier)
        or office_kit(dossier)
        or office_readers(dossier)
        or ordinary_watching(dossier, found, trifles)
        or locates_things(dossier, found),
    )
