"""
The system belongs to, or is connected with, a security body.

## Why it matters

What is bought for traffic, schools or broadband may feed police or military files. Whoever is seen by the system
should be able to learn who looks.

## Method

Flag a process for technology in scope if one of these is so:

* A buyer or procuring entity is a police, military, intelligence, prison, investigating or emergency-command body, by
  the list of such bodies, else by the words of its name. A buyer that is a unit (`memberOf`) of such a body is one
  too.
* Titles, descriptions, lots or items tie the technology to one, or to the networks and files of such bodies by their
  names ("SIRESP", "INFOSEG").

### Severity

* **high**: the buyer is civil and the link stands in the text.
* **medium**: a security body buys for itself, or the record names no buyer.
* **low**: systems of a security body that hold persons or cases, and those of who gathers intelligence, by its name.
* **context** (waits for no decision):
  * What a security body buys that links nobody, as below.
  * Tracking of its own vehicles, attendance of its own staff and cameras of its own offices, as in T01.
  * What watches nobody, and a description alone names behind its first words.
  * What title and description alone tell of, 70 characters or more behind where what is bought begins, in a record
    that reads like technology with a probability below one half.
  * What its hospitals, schools, pension funds, mutual societies and housing buy, unless they hold prisoners or
    somebody is identified or listened to.
  * What costs less than one of the `trifles` (by currency, a bound of this project, which readers of notices do
    not know), but for command centres, faces, plates and interception. Where no amount is told, a method that is
    kept for such tells it.
  * Where the buyer is civil and the link stands in the text: software alone that is not told to hold persons or
    cases, and what is told to cost less than one of the `trifles`.

### What links nobody

* Servers, licences and office systems.
* The service of internet and telephones.
* Handsets by which its staff speak, and networks, their fibre and masts too.
* Doors and gates that nothing of a body opens, and what locates vehicles, or is bought by a civil body, where no text
  tells that others are located.

The same holds for a civil buyer. It does not hold where something shows that they are more than those of an office: a
command centre, an emergency number, cameras, intelligence, patrols, radio, equipment for communications, satellites,
links, fibre of its own, or what is recorded, encrypted or connected.

## Exclusions

* Objects out of scope: a police force that buys boots, a transformer or a system of air or fire for a command centre.
* Names of suppliers.
* Links that the text denies.
* What a body runs beside its duties: hospitals, schools and housing.
* Titles of laws ("Ley de Policía").
* The intelligence of systems and numbers ("inteligencia artificial", "inteligencia de negocios").
* Elections, which ministries of the interior hold.
* Public defenders and courts.
* Courses of study.
* Bodies that a long list names behind its first words.
* Purchases that were called off before anything was signed or paid.

Where the record names no buyer and the object links nobody the outcome is "insufficient data".

## Sources

Privacy International, Safeguards for public-private surveillance partnerships (2021). List of security bodies of
this installation.
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.technology.linking import LINKING_SECTORS, links_others
from audits.facts.technology.ordinary_watching import ordinary_watching
from audits.facts.technology.prominence import told_in_doubt, told_late
from audits.facts.technology.scope import require_scope
from audits.facts.technology.security_bodies import security_bodies, security_buyers, security_links
from audits.facts.technology.surveillance import surveillance
from audits.facts.technology.watched_people import tells_of_persons_in_files
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named, named_evidence
from audits.judging.rule.vocabulary import Change, Context, Finding, InsufficientDataError, Severity, Stage, rule


@rule(
    code="T02",
    title="Police integration",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=21,
    changes={
        2: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        3: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; a record without a buyer is not said "
            "to have a civil one; what links nobody, own vehicles and trifles are context; elections, titles of laws "
            "and what a body runs beside its duties do not count; a unit of a security body is one.",
        ),
        4: Change(
            "2026-11-28",
            "“Circuito cerrado” of catheters is no technology, and what is bought is read behind “empresa "
            "especializada para …” too; what was called off is not asked about; bodies against drugs and "
            "the highway police are security bodies by their names.",
        ),
        5: Change(
            "2026-11-28",
            "Public defenders, the attorneys of a state and courts for traffic are no security bodies, and "
            "courses of study are no technology; telephones, internet and handsets by which staff speak are "
            "context.",
        ),
        6: Change(
            "2026-11-28",
            "Units of the Brazilian Union are told as its system writes them (“POL. RODV.”, arsenals, bases, "
            "captaincies of ports), and so are public prosecutors in Portuguese, the office of institutional "
            "security, municipal guards and bodies against traffic in drugs; “Cisco Webex” is a video call, "
            "and no technology.",
        ),
        7: Change(
            "2026-11-28",
            "What a body buys that looks after the people of a security body (hospitals, schools, pensions, "
            "housing) is context, unless it holds prisoners or somebody is identified or listened to; "
            "“presos” does not count of cables; own vehicles are told by more words.",
        ),
        8: Change(
            "2026-11-28",
            "The service of internet and telephones that a title opens with, and switches, firewalls and cabling for "
            "an office, are context, but not beside intelligence, what is joined or another sector; nothing of a "
            "command centre is a trifle; mutual societies of police are told as such, and Bolivia's Ministry of "
            "Government as a security body.",
        ),
        9: Change(
            "2026-11-28",
            "What is bought for a command centre counts where the centre heads the text or technology stands "
            "before it: a transformer for it does not. Repairs of police buildings do not count; posts of "
            "persons are no technology; what is surveillance and own is read as in T01.",
        ),
        10: Change(
            "2026-11-28",
            "What is located for own use is read as in the newest version of T01. What is told to cost a trifle is "
            "context for a civil buyer too.",
        ),
        11: Change("2026-11-28", "“Av.ª das Forças Armadas” is a street."),
        12: Change(
            "2026-11-29",
            "“Digital intelligence” in a name tells no security body, “ordem pública” does. What only a long "
            "list names, behind its first words, is not what is bought. The ministry that heads a letter is "
            "no link, nor are “UPC” of a hospital and taxis called by radio.",
        ),
        13: Change(
            "2026-11-29",
            "Switches, cabling, firewalls, private networks over the internet and lines are those of an office, and "
            "context, unless a sign shows more; before, an office had to be named. Analytics alone must read more "
            "like technology, and systems of air, fire and current for a command centre are none. Cameras beside "
            "alarms and guards of a security body are those of its offices. What is own is read as in the newest "
            "version of T01.",
        ),
        14: Change(
            "2026-11-29",
            "What a security body buys to watch is ordinary where it is in T01: cameras of its own offices, "
            "trifles. Systems of who gathers intelligence link people. “Serviços de telecomunicações” "
            "alone are lines of an office; clippings of the press are no technology.",
        ),
        15: Change(
            "2026-11-29",
            "Software that a civil body buys for a security body is context, unless it is told to hold persons or "
            "cases.",
        ),
        16: Change(
            "2026-11-29",
            "Telecoms count where they are equipment, a network or those of a unit, and not beside computers or "
            "as rooms and lines of an office. A pension fund “de la Policía Nacional” looks after policemen.",
        ),
        17: Change(
            "2026-11-29",
            "What a description alone names behind its first words, and watches nobody, is context; "
            "India’s CCTNS holds persons in files, and Mexico’s Centro de Investigación y Seguridad Nacional is "
            "a security body.",
        ),
        18: Change(
            "2026-11-29",
            "Police stations, directorates and councils of public security, the Guardia Civil, the Guardia Nacional "
            "and more bodies, some by their initials (INPEC, SEDENA, PMESP), and the networks and files of police "
            "and emergency bodies are told by their names.",
        ),
        19: Change(
            "2026-11-29",
            "What stands behind the first 70 characters of what is bought, in a record that hardly reads like "
            "technology, is context.",
        ),
        20: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
        21: Change(
            "2026-11-29",
            "Doors, what locates, fibre and masts link nobody by themselves, and are context. The intelligence of a "
            "system (“servicios de inteligencia artificial”) is no security body, and is withheld.",
        ),
    },
    sentences={
        "default": "A security body buys this technology: {words}.",
        "unnamed": "The text ties the technology to a security body, and the record names no buyer: {words}.",
        "link": "A civil buyer's text ties the technology to a security body: {words}.",
    },
    reasons={
        "links_nobody": "it serves the offices or the staff of a security body, and links nobody",
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
            context=_ordinary(dossier, trifles) or told_in_doubt(dossier),
        )
    elif links:
        has_buyer = any(party.name for party in dossier.public_parties)
        if not has_buyer and not links_people:
            raise InsufficientDataError("/buyer/name")
        yield Finding(
            evidence=tuple(dossier.evidence(link) for link in links),
            values={"words": named(links)},
            sentence="link" if has_buyer else "unnamed",
            severity=Severity.HIGH if has_buyer else Severity.MEDIUM,
            context=_links_nobody(dossier, is_for_body=True)
            or _trifle_by_price(dossier, trifles)
            or told_in_doubt(dossier),
        )


def _ordinary(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """Return why what a security body buys is ordinary: it links nobody, is for its people, its fleet, or a trifle."""
    if not security_buyers(dossier):
        return Context("links_nobody", {})
    if links_nobody := _links_nobody(dossier, is_for_body=False):
        return links_nobody
    if watching := surveillance(dossier):
        return ordinary_watching(dossier, watching, trifles)
    late = told_late(dossier, dossier.scope.evidence)
    return late or (None if dossier.mentions_of("command_centre") else trifle(dossier, trifles))


def _links_nobody(dossier: Dossier, *, is_for_body: bool) -> Context | None:
    """Return that what is bought links nobody, and no files of persons are told of."""
    is_linking = links_others(dossier, is_for_body=is_for_body) or tells_of_persons_in_files(dossier)
    return None if is_linking else Context("links_nobody", {})


def _trifle_by_price(dossier: Dossier, trifles: Mapping[str, int]) -> Context | None:
    """Return that what watches nobody is told to cost little; the name of a method says too little."""
    if surveillance(dossier) or dossier.mentions_of("command_centre"):
        return None
    small = trifle(dossier, trifles)
    return small if small and small.reason == "trifle" else None
