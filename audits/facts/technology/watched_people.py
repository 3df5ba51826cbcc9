"""Whom a record tells of, where technology may watch people: those in a body's hands, and whoever is not its staff."""

import re

from audits.facts.technology.told import is_called, tells
from audits.judging.dossier import Dossier

# People who are in a body's hands: to watch them is grave at any price.
_CARED_FOR = (
    r"(?:alumn|anciano|detainee|estudiant|estudant|idos[ao]s|imigrant|inmate|inmigrant|jubilad|migrant|pacient|"
    r"patient|prisoner|pupil|recluso|refugee|refugiad|student)\w*|"
    r"adult[ao]s mayores|terceir?a edad|terceira idade|elderly|alun[ao]s?|child(?:ren)?|criancas?|"
    r"menores de (?:edad|idade)|nin[ao]s?|ppl|presos|reclus[ao]s?|residents|"
    r"privad[ao]s (?:de|da) (?:la )?(?:libertad|liberdade)"
)
# Who enters is more than staff, and so are those for whom a body is there: one word of them anywhere in the record,
# and the question is asked. Servants of the public are staff; a secretariat of public works has vehicles of its own.
# What goes on after staff ("del personal y usuarios") tells of more than staff.
_OF_STAFF = (
    r"(?![^.;]{0,60}\b(?:ingreso y salida|entrada e saida) (?:del?|do) (?:personal|pessoal)\b"
    r"(?![^.;]{0,60}?(?:,| y | e )))"
)
_OTHERS = re.compile(
    # "Acceso nuevo" is an entrance, "control de acceso nuevo" one to be controlled, "acceso remoto" that to a program.
    rf"\b(?:{_CARED_FOR}|controle?s? de acc?es\w+{_OF_STAFF}|"
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
_IN_CARE = re.compile(rf"\b(?:{_CARED_FOR})\b")
# Whom and what the files of a security body hold. "Criminal" alone is in the names of bodies.
_IN_FILES = re.compile(
    r"\b(?:antecedentes (?:criminais|penales|policiales)|arrests?|case (?:files?|management)|cctns|"
    r"casos (?:criminales|penales|policiales)|centros? de inteligencia|complaints?|condenad[ao]s|crimes?|custody|"
    r"delincuentes?|delitos?|denuncias?|detenid[ao]s|detid[ao]s|expedientes (?:de investigacion|penales)|"
    r"investigacion (?:criminal|judicial|penal)|investigacao (?:criminal|policial)|investigad[ao]s|offenders?|"
    r"ordenes de captura|pericias? crimina(?:l|is)|pessoas procuradas|"
    r"processos criminais|sospechosos|suspeitos|suspects?|victimas?|victims?|vitimas?|warrants?)\b"
)
# Whose duty is to gather what is known of people, by its name.
_GATHERS = re.compile(r"\b(?:inteligencia|intelligence)\b(?! artificial)")


def tells_of_others(dossier: Dossier) -> bool:
    """Tell whether a record tells of people who are not the staff of a body."""
    return tells(dossier, _OTHERS)


def tells_of_people_in_care(dossier: Dossier) -> bool:
    """Tell whether a record tells of pupils, patients, prisoners, migrants and others who are in a body's hands."""
    return tells(dossier, _IN_CARE)


def tells_of_persons_in_files(dossier: Dossier) -> bool:
    """Tell whether a system is said to hold persons, crimes or cases, or belongs to who gathers intelligence."""
    return tells_of_people_in_care(dossier) or tells(dossier, _IN_FILES) or is_called(dossier, _GATHERS)
