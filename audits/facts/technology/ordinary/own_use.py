"""Technology that watches only a body's own vehicles and staff: fleet tracking, attendance."""

import re
from collections.abc import Iterable

from audits.facts.technology.record_words import but_for, has_words, holds_any, is_called
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.systems.watched_people import mentions_others
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention

# Words that say whose the vehicles are; a fleet belongs to the body.
_OWNED = re.compile(
    r"\b(?:flotas?|frotas?|fleets?|viaturas?|propi[ao]s?|propri[ao]s?|own|institucional\w*|institucionais|municipal\w*|"
    r"municipais|oficial\w*|oficiais|ambulanc\w*|recolect\w*|de recoleccion|recolhedor\w*|"
    r"vehiculos (?:de la|del) (?:departamento|direccion|gerencia|jefatura|unidad)|"
    r"(?:recolha|coleta) de (?:lixo|residuos)|"
    r"parque (?:automotor|automovil\w*|automotivo|de (?:maquinaria|vehiculos|veiculos|viaturas)|vehicular|veicular)|"
    r"(?:de la|de las|del|da|do|of the) (?:agencia|alcaldia|ayuntamiento|camara|council|direccion|empresa|entidade?|"
    r"institucion|instituicao|instituto|ministerio|municipalidad|municipio|prefeitura|secretaria))\b"
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
# Records of when staff come and go: a clock that recognises faces, or face recognition for a clock. Face recognition
# that is only listed with a clock ("reconocimiento facial en el hall, y reloj") is separate. A tower clock is no
# time clock.
_CLOCK = (
    r"(?:(?:reloj(?:es)?|relogios?)(?! (?:de (?:la )?(?:iglesia|plaza|torre)|d[ae] (?:igreja|torre)|"
    r"de sincroni\w+|maestr[ao]))|"
    r"(?:controle|registro|registrador|gestao) (?:eletronic[ao] )?de ponto|"
    r"ponto eletronico|(?:control|registro) de (?:la )?asistencia(?! (?:tecnica|social))|assiduidade|time clocks?)"
)
_FACE = r"(?:facia(?:l|les|is)|rostros?|rostos?|faces?)"
_FACES_REACH = 120
_CLOCK_OF_FACES = re.compile(
    rf"\b{_CLOCK}\b[^.;]{{0,{_FACES_REACH}}}?\b{_FACE}\b|"
    rf"\b{_FACE}\b[^.;]{{0,{_FACES_REACH}}}?(?:\(|\b(?:para|for|del?|d[ao]|en|em|n[ao]) )"
    rf"(?:(?:el|l[ao]s?|o|os|the|um|un) )?(?:(?:gest(?:ion|ao)|registro) (?:y|e) )?{_CLOCK}\b"
)
# Devices that can register anybody: they count as for staff only if a word for staff is within ``_STAFF_REACH``.
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
_LETTER = re.compile(r"[^\W_]")


def of_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions of surveillance that is not only of the body's own vehicles or staff.

    The name of a class gives no purpose, so the purpose in titles, descriptions and items decides for it. A title that
    ends with the mention gives no purpose either, so the purpose in the description decides for it.
    """
    found = tuple(found)
    others = tuple(mention for mention in found if not _is_own(dossier, mention) or mentions_others(dossier))
    described = {mention.concept for mention in found if mention.part == "description"}
    described -= {mention.concept for mention in others if mention.part == "description"}
    others = tuple(
        mention for mention in others if mention.concept not in described or not _ends_title(dossier, mention)
    )
    in_words = [mention for mention in found if mention.part != "classification"]
    if in_words and not any(mention.part != "classification" for mention in others):
        others = ()
    return but_for(dossier, found, others, "used_for_its_own")


def of_mentioned_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions of ``of_others``, without location tracking unless a text says that other people are located.

    If no vehicles are mentioned, a security body is assumed to locate people. So is a buyer whose record has words for
    locating persons, such as telephones.
    """
    others = of_others(dossier, found)
    beside = [mention for mention in others if mention.concept != "location_tracking"]
    if len(beside) == len(others) or _is_of_others(dossier):
        return others
    return but_for(dossier, others, beside, "used_for_its_own")


def _is_of_others(dossier: Dossier) -> bool:
    """Return whether a record mentions people or vehicles that may be located and are not the body's own."""
    has_vehicles = dossier.mentions_of("vehicle") or has_words(dossier, "located_vehicle")
    are_people = not has_vehicles and (security_buyers(dossier) or has_words(dossier, "located_person"))
    return bool(are_people or _is_worn(dossier) or mentions_others(dossier))


def locates_others(dossier: Dossier) -> bool:
    """Return whether a text says that others are located: clients, tank trucks, ankle monitors, taxis."""
    return has_words(dossier, "located_person", "located_goods") or _is_worn(dossier)


def _is_worn(dossier: Dossier) -> bool:
    """Return whether the located device is on people or vehicles that are not the body's: ankle monitors, taxis."""
    return has_words(dossier, "located_on_others")


def _ends_title(dossier: Dossier, mention: Mention) -> bool:
    return mention.part == "title" and not _LETTER.search(dossier.text_of(mention), mention.end)


def _is_own(dossier: Dossier, mention: Mention) -> bool:
    text = dossier.folded_text_of(mention)
    if mention.concept == "location_tracking":
        return not _is_worn(dossier) and (_is_owned(dossier, text) or _has_only_its_own(dossier))
    if mention.concept == "facial_recognition":
        return _is_clock(dossier, text)
    return mention.concept == "biometric_id" and _is_of_staff(dossier, text)


@cached_fact
def _is_clock(dossier: Dossier, text: str) -> bool:
    # A clock in the same text does not say whom cameras with face recognition watch.
    return bool(_CLOCK_OF_FACES.search(text)) and not holds_any(dossier, text, "camera")


@cached_fact
def _is_owned(_: Dossier, text: str) -> bool:
    return bool(_OWNED.search(text))


@cached_fact
def _has_only_its_own(dossier: Dossier) -> bool:
    """Return whether the buyer deals with no vehicles of others, by its name and by the record."""
    return (
        not has_words(dossier, "located_person", "located_goods")
        and not is_called(dossier, "watches_traffic")
        and not security_buyers(dossier)
        and not security_links(dossier)
    )


@cached_fact
def _is_of_staff(_: Dossier, text: str) -> bool:
    return bool(_ATTENDANCE.search(text)) or any(
        _STAFF.search(text, max(0, found.start() - _STAFF_REACH), found.end() + _STAFF_REACH)
        for found in _DEVICE.finditer(text)
    )
