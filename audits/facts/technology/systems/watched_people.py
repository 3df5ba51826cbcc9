"""People whom technology may watch: mentions of people in care or custody, and of people who are not staff."""

import re

from audits.facts.technology.record_words import has_words, is_called, title_has_words
from audits.judging.dossiers.process import Dossier

# People who enter a building, or whom a body serves, are not only staff: one such word anywhere in the record is
# enough to ask. "Public" counts only in some phrases: public servants are staff, and a secretariat of public works has
# its own vehicles. A list that continues after the staff ("del personal y usuarios") includes other people.
_OF_STAFF = (
    r"(?![^.;]{0,60}\b(?:ingreso y salida|entrada e saida) (?:del?|do) (?:personal|pessoal)\b"
    r"(?![^.;]{0,60}?(?:,| y | e )))"
)
_OTHERS = re.compile(
    # "Acceso nuevo" is an entrance, "control de acceso nuevo" controls one, "acceso remoto" is access to a program.
    rf"\b(?:controle?s? de acc?es\w+{_OF_STAFF}|"
    rf"acc?esos?\b(?! (?:novo|nuevo|remoto|via|web)\b){_OF_STAFF}|(?:acc?esa|acc?esi|benefici[ao]r|ciudadan|citizen|"
    r"pasajer|passageir|passenger|visitant|visitor|taxi)\w*|access|escolar(?:es)?|school attendance|"
    r"cidada(?:os?|s)?|(?<!en )(?<!em )particular(?:es)?|private (?:cars?|vehicles?)|"
    r"(?:al|ao|el|o|the|transportes?|vias?|espacios?|espacos?) public[ao]?s?|"
    r"public (?:transport|transit|roads?|space)|"
    r"(?:elector(?!al)|eleitor(?!al)|viajante|viajero|votante|voter)\w*|"
    r"estrangeir[ao]s?|extranjer[ao]s?|foreigners?|turistas?|"
    r"(?:de|l[ao]s|d[ao]s|personas|pessoas) "
    r"(?:buscad|desaparecid|detenid|detid|foragid|intern|procurad|requerid)[ao]s|"
    r"(?:missing|wanted) (?:individuals?|people|persons?))\b"
)
# Names of bodies whose duty is to gather information about people.
_GATHERS = re.compile(r"\b(?:inteligencia|intelligence)\b(?! artificial)")


def mentions_others(dossier: Dossier) -> bool:
    """Return whether a record mentions people who are not the staff of a body."""
    return mentions_people_in_care(dossier) or has_words(dossier, _OTHERS)


def mentions_people_in_care(dossier: Dossier) -> bool:
    """Return whether a record mentions pupils, patients, prisoners, migrants or others in care or custody."""
    return has_words(dossier, "cared_for")


def mentions_persons_in_files(dossier: Dossier) -> bool:
    """Return whether a system holds data on persons, crimes or cases, or the buyer is an intelligence body by name."""
    return tells_of_persons_in_files(dossier) or is_called(dossier, _GATHERS)


def tells_of_persons_in_files(dossier: Dossier) -> bool:
    """Return whether a system, as the texts describe it, holds data on persons, crimes, cases or intelligence."""
    return (
        mentions_people_in_care(dossier) or has_words(dossier, "held_in_files") or title_has_words(dossier, _GATHERS)
    )
