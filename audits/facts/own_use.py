"""Technology that looks at a body's own vehicles and staff alone: located fleets, recorded attendance."""

import re
from collections.abc import Iterable

from audits.facts.technology import TOLD_PARTS
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.scope import Company

# Who enters is more than staff, and so are those for whom a body is there: one word of them anywhere in the record,
# and the question is asked. Servants of the public are staff; a secretariat of public works has vehicles of its own.
_OTHERS = re.compile(
    r"\b(?:(?:acceso|acesso|alumn|estudiant|estudant|student|pupil|benefici[ao]r|ciudadan|citizen|pacient|patient|"
    r"pasajer|passageir|passenger|visitant|visitor|taxi)\w*|alun[ao]s?|escolar(?:es)?|school attendance|"
    r"cidada(?:os?|s)?|(?<!en )(?<!em )particular(?:es)?|private (?:cars?|vehicles?)|"
    r"(?:al|ao|el|o|the|transportes?|vias?|espacios?|espacos?) public[ao]?s?|"
    r"public (?:transport|transit|roads?|space)|"
    r"(?:detainee|elector(?!al)|eleitor(?!al)|imigrant|inmate|inmigrant|migrant|prisoner|refugee|refugiad|"
    r"viajante|viajero|votante|voter)\w*|"
    r"estrangeir[ao]s?|extranjer[ao]s?|foreigners?|ppl|presos|reclus[ao]s?|turistas?|"
    r"privad[ao]s (?:de|da) (?:la )?(?:libertad|liberdade)|"
    r"(?:de|l[ao]s|d[ao]s|personas|pessoas) "
    r"(?:buscad|desaparecid|detenid|detid|foragid|intern|procurad|requerid)[ao]s|"
    r"(?:missing|wanted) (?:individuals?|people|persons?))\b"
)
# Vehicles within the words for locating ("rastreo vehicular"), and words that say whose they are: a fleet is a body's.
_VEHICLES = re.compile(r"\b(?:flotas?|frotas?|fleets?|vehic\w*|veicul\w*|viaturas?)\b")
_OWNED = re.compile(
    r"\b(?:flotas?|frotas?|fleets?|viaturas?|propi[ao]s?|propri[ao]s?|own|institucional\w*|institucionais|municipal\w*|"
    r"municipais|oficial\w*|oficiais|ambulanc\w*|recolect\w*|de recoleccion|recolhedor\w*|"
    r"(?:recolha|coleta) de (?:lixo|residuos)|"
    r"parque (?:automotor|automovil\w*|automotivo|de (?:maquinaria|vehiculos|veiculos|viaturas)|vehicular|veicular)|"
    r"(?:de la|de las|del|da|do|of the) (?:alcaldia|camara|council|empresa|entidad|entidade|institucion|instituicao|"
    r"municipalidad|municipio|prefeitura))\b"
)
_ATTENDANCE = re.compile(
    r"\b(?:(?:control|registro|reloj|marcador)(?:es)? (?:biometricos? )?(?:de |para )?(?:la )?asistencia"
    r"(?! (?:tecnica|social))|asistencia del? personal|assiduidade|puntualidad|pontualidade|"
    r"(?:controlo?|controle|registr?o) de (?:marcacion(?:es)?|marcac(?:ao|oes))|"
    r"(?:controle|registro|registrador) (?:eletronico )?de ponto|ponto (?:eletronico|biometrico)|"
    r"(?:ingresos?|entradas?|horarios?|marcacion(?:es)?|jornadas?)(?: (?:y|e) (?:salidas?|saidas?))? "
    r"(?:de los|de las|del|de|dos|das|do|da) (?:colaboradores|empleados|funcionari[ao]s|pessoal|personal|servidores|"
    r"trabajadores|trabalhadores)|"
    r"(?:marcas?|control|identificacion) (?:de los|de las|del|de) (?:colaboradores|empleados|personal|trabajadores)|"
    r"(?:gestion|gestao|sistema) de recursos humanos|sgrh|folha de pagamento|"
    r"reloj(?:es)?|relogios?|attendance|time clocks?)\b"
)
# What records when staff come and go, whatever it knows them by.
_CLOCK = re.compile(
    r"\b(?:reloj(?:es)?|relogios?|(?:controle|registro|registrador|gestao) (?:eletronic[ao] )?de ponto|"
    r"ponto eletronico|(?:control|registro) de asistencia(?! (?:tecnica|social))|assiduidade|time clocks?)\b"
)
# Whose vehicles they are, by the word after them: "los vehículos de la FGE".
_WHOSE = re.compile(r"\b(?:vehiculos?|veiculos?|motocicletas?|motos?) (?:del|de l[ao]s?|d[ao]s?|of the) (\w+)")
_SMALL_WORDS = frozenset({"a", "da", "das", "de", "del", "do", "dos", "e", "el", "en", "la", "las", "los", "of", "y"})
_LONG_ENOUGH = 5
# What anybody may be registered by, and how near, in characters, a word for staff must stand to it.
_DEVICE = re.compile(
    r"\b(?:nominas?|registr?o biometrico|terminal biometrico|terminales biometric[ao]s|terminais biometricos)\b"
)
_STAFF = re.compile(
    r"\b(?:(?:al|ao|de|del|do|el|o|para) (?:personal|pessoal)|"
    r"asistencia(?! (?:alimentaria|humanitaria|medica|social|tecnica))|colaborador(?:as|es)?|emplead[ao]s?|employees?|"
    r"funcionari[ao]s?|personnel|planillas?|recursos humanos|servidor(?:as|es)? public[ao]s?|staff|talento humano|"
    r"trabajador(?:as|es)?|trabalhador(?:as|es)?)\b"
)
_STAFF_REACH = 60


def of_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions of surveillance that are not of the body's own vehicles or staff alone.

    The name of a class tells no purpose: it is that of what titles, descriptions and items tell.
    """
    vehicles = Company(dossier.mentions_of("vehicle"))
    found = tuple(found)
    others = tuple(
        mention for mention in found if not _is_own(dossier, mention, vehicles) or _looks_at_others(dossier)
    )
    told = [mention for mention in found if mention.part != "classification"]
    return () if told and not any(mention.part != "classification" for mention in others) else others


def _is_own(dossier: Dossier, mention: Mention, vehicles: Company) -> bool:
    text = dossier.folded_text_of(mention)
    if mention.concept == "location_tracking":
        located = vehicles.makes_sure_of(mention) or bool(_VEHICLES.search(fold(mention.written).text))
        return located and _is_of_buyer(dossier, text)
    if mention.concept == "facial_recognition":
        return _is_clock(dossier, text)
    return mention.concept == "biometric_id" and _is_of_staff(dossier, text)


# What a text says is asked once for all of its mentions: a long one has thousands.
@worked_out_once
def _is_clock(_: Dossier, text: str) -> bool:
    return bool(_CLOCK.search(text))


@worked_out_once
def _is_of_buyer(dossier: Dossier, text: str) -> bool:
    """
    Tell whether a text calls vehicles a body's own, or names them after the buyer: by a long word of its name, or by
    the initials of it.
    """
    if _OWNED.search(text):
        return True
    names = [
        [word for word in fold(party.name).text.split() if word not in _SMALL_WORDS]
        for party in dossier.public_parties
    ]
    initials = tuple("".join(word[0] for word in words) for words in names if len(words) > 1)
    long_words = {word for words in names for word in words if len(word) >= _LONG_ENOUGH}
    return any(found[1] in long_words or found[1].startswith(initials) for found in _WHOSE.finditer(text))


@worked_out_once
def _is_of_staff(_: Dossier, text: str) -> bool:
    return bool(_ATTENDANCE.search(text)) or any(
        _STAFF.search(text, max(0, found.start() - _STAFF_REACH), found.end() + _STAFF_REACH)
        for found in _DEVICE.finditer(text)
    )


def _looks_at_others(dossier: Dossier) -> bool:
    return any(_OTHERS.search(fold(text.value).text) for text in dossier.texts if text.part in TOLD_PARTS)
