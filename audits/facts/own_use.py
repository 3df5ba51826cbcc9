"""Technology that looks at a body's own vehicles and staff alone: located fleets, recorded attendance."""

import re
from collections.abc import Iterable, Sequence

from audits.facts.security_bodies import security_buyers, security_links
from audits.facts.told import is_called, tells
from audits.facts.watched_people import tells_of_others
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.scope import Company

# Vehicles within the words for locating ("rastreo vehicular"), and words that say whose they are: a fleet is a body's.
_VEHICLES = re.compile(r"\b(?:flotas?|frotas?|fleets?|vehic\w*|veicul\w*|viaturas?)\b")
_OWNED = re.compile(
    r"\b(?:flotas?|frotas?|fleets?|viaturas?|propi[ao]s?|propri[ao]s?|own|institucional\w*|institucionais|municipal\w*|"
    r"municipais|oficial\w*|oficiais|ambulanc\w*|recolect\w*|de recoleccion|recolhedor\w*|"
    r"vehiculos (?:de la|del) (?:departamento|direccion|gerencia|jefatura|unidad)|"
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
# What records when staff come and go: a clock that knows faces, or faces for a clock. What is told beside a clock
# ("reconocimiento facial en el hall, y reloj") is another thing, and so is the clock of a tower.
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
# Cameras that know faces beside a clock: what they look at is not told by it.
_CAMERAS = re.compile(r"\b(?:camaras|cameras|cctv|cftv|videovigil\w*|video ?vigil\w*|videomonitor\w*)\b")
# Whose vehicles they are, by the words after them, as written: "los vehículos de la FGE".
_WHOSE = re.compile(
    r"\b(?:veh[ií]culos?|ve[ií]culos?|motocicletas?|motos?)\s(?:del|de\sl[ao]s?|d[ao]s?|of\sthe)\s(\w+)"
    r"(?:\s(?:(?:de\sl[ao]s?|del?|d[ao]s?|of(?:\sthe)?)\s)?(\w+))?",
    re.IGNORECASE,
)
_OWNER_FIRST = re.compile(r"\b([A-Z][\w&]{1,11})(?:['’]s?)?\s(?:fleet|vehicles)\b", re.IGNORECASE)
# The abbreviation that a name ends with: "Ministerio de Educación y Ciencias (MEC)".
_BRACKETED = re.compile(r"\(([A-ZÀ-ÖØ-Þ]{2,12})\)")
# Vehicles of which nothing more is told: "rastreo satelital para vehículos".
_JUST_VEHICLES = re.compile(
    r"(?: (?:y|e|and) (?:equipos?|machinery|maquinarias?|maquinas|motocicletas))? ?(?:[.;:)]|\Z)"
)
_VEHICLES_ALONE = re.compile(r"\b(?:vehiculos?|veiculos?|vehicles)\b")
_PRODUCT = re.compile(r"\b(?:projeto|proyecto|project|software)\b")
_BY_SATELLITE = re.compile(r"\b(?:gps|rastre\w+|satelital|satellite|tracking)\b")
# Locating that tells of nothing more, up to the end: "Servicio de rastreo satelital por GPS para la gestión 2020".
_JUST_LOCATING = re.compile(
    r"\A(?: (?:20\d\d|ano|anual|by|e|for|gestion|gps|la|mediante|monitoreo|o|para|periodo|por|rastreo|satelital|"
    r"satellite|tracking|via|y|year)\b|\W)*+\Z"
)
# What is located is that of others, or of many bodies.
_OF_OTHERS = re.compile(
    r"\b(?:cargo|celulares|contei?ner\w*|contenedor\w*|estatal|furtad\w+|importador\w*|nacional|national|people|personas|"
    r"pessoas|plataforma|platform|robad\w+|roubad\w+|stolen|telefon[eo]s)\b"
)
_PEOPLE = re.compile(r"\b(?:celulares|people|personas|pessoas|telefon[eo]s|violencia)\b")
# Who is located wears it, or drives what is not the body's, whoever has a fleet to put it in: ankle monitors, taxis.
_WORN_OR_OF_OTHERS = re.compile(
    r"\b(?:agres[os]\w*|ankle|armador\w*|brazalete\w*|concesi\w*|concess\w*|condena\w*|embarcac\w*|"
    r"empresas de transportes?|(?:flotas?|frotas?) de operador\w*|flotas? (?:\w+ )?(?:autorizad|inscrit)\w*|"
    r"grilletes?|"
    r"monitorad[ao]s?|(?:moto)?taxi\w*|offenders?|parole\w*|permis+ionari\w*|pesc\w*|pesquer\w*|private operators|"
    r"public service vehicles?|pulseiras?|pulseras?|riders|tag(?:s|ging)?|tobiller\w*|tornozel\w*|transportistas?)\b"
)
# Who has to do with the vehicles of others.
_WATCHES_TRAFFIC = re.compile(
    r"\b(?:aduan\w*|alfandeg\w*|autopistas?|caminos|carreteras|customs|detran|dnit|estradas|fazenda|"
    r"gobierno del estado|governo do estado|hacienda|highways?|impuestos|inteligencia|interior|justi[cz]i?a|migra\w+|"
    r"procuradur\w+|"
    r"receita|revenue|mo[vb]ili[dt]\w+|policia\w*|police|rodoviari\w+|roads?|seguran\w+|seguridad|security|"
    r"traf(?:fic|ico|ego)|transi[td]\w*|"
    r"\w*tribut\w+|transport\w*|vi(?:al|as|alidad)|vigilancia)\b"
)
_SMALL_WORDS = frozenset({"a", "da", "das", "de", "del", "do", "dos", "e", "el", "en", "la", "las", "los", "of", "y"})
# What may follow the first word of a name and begins another part of the sentence.
_GOES_ON = frozenset({"a", "con", "com", "durante", "e", "em", "en", "mediante", "para", "por", "que", "via", "y"})
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
_LETTER = re.compile(r"[^\W_]")


def of_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions of surveillance that are not of the body's own vehicles or staff alone.

    The name of a class tells no purpose: it is that of what titles, descriptions and items tell. Nor does a title that
    ends in what it names: its purpose is that of the description.
    """
    vehicles = Company(dossier.mentions_of("vehicle"))
    found = tuple(found)
    others = tuple(mention for mention in found if not _is_own(dossier, mention, vehicles) or tells_of_others(dossier))
    described = {mention.concept for mention in found if mention.part == "description"}
    described -= {mention.concept for mention in others if mention.part == "description"}
    others = tuple(
        mention for mention in others if mention.concept not in described or not _ends_title(dossier, mention)
    )
    told = [mention for mention in found if mention.part != "classification"]
    return () if told and not any(mention.part != "classification" for mention in others) else others


def of_told_others(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions of ``of_others`` but for what is located and no text tells to be of other people.

    Where no vehicles are told, a security body locates people, and so does who has telephones located.
    """
    others = of_others(dossier, found)
    has_vehicles = dossier.mentions_of("vehicle") or tells(dossier, _VEHICLES)
    are_people = not has_vehicles and (security_buyers(dossier) or tells(dossier, _PEOPLE))
    if are_people or tells(dossier, _WORN_OR_OF_OTHERS) or tells_of_others(dossier):
        return others
    return tuple(mention for mention in others if mention.concept != "location_tracking")


def _ends_title(dossier: Dossier, mention: Mention) -> bool:
    return mention.part == "title" and not _LETTER.search(dossier.text_of(mention), mention.end)


def _is_own(dossier: Dossier, mention: Mention, vehicles: Company) -> bool:
    text = dossier.folded_text_of(mention)
    if mention.concept == "location_tracking":
        in_words = bool(_VEHICLES.search(fold(mention.written).text))
        # Vehicles anywhere in the text tell what is located, but not where people are told of too.
        located = in_words or vehicles.makes_sure_of(mention)
        located = located or (bool(_VEHICLES.search(text)) and not tells(dossier, _PEOPLE))
        if tells(dossier, _WORN_OR_OF_OTHERS):
            return False
        if not located:
            return _is_just_locating(dossier, mention)
        return (
            _is_owned(dossier, text)
            or _is_of_buyer(dossier, dossier.text_of(mention))
            or _are_just_vehicles(dossier, text, in_words=in_words)
        )
    if mention.concept == "facial_recognition":
        return _is_clock(dossier, text)
    return mention.concept == "biometric_id" and _is_of_staff(dossier, text)


@worked_out_once
def _is_clock(_: Dossier, text: str) -> bool:
    return bool(_CLOCK_OF_FACES.search(text)) and not _CAMERAS.search(text)


@worked_out_once
def _is_owned(_: Dossier, text: str) -> bool:
    return bool(_OWNED.search(text))


@worked_out_once
def _is_of_buyer(dossier: Dossier, text: str) -> bool:
    """
    Tell whether a text, as written, names vehicles after the buyer: by the initials of its name or the abbreviation
    behind it, or by the first word of it, if nothing but the rest of the name tells more of whose they are.
    """
    names = [party.name or "" for party in dossier.public_parties]
    short = {fold(abbreviation).text for name in names for abbreviation in _BRACKETED.findall(name)}
    folded = [fold(_BRACKETED.sub(" ", name)).text for name in names]
    long = [[word for word in name.split() if word not in _SMALL_WORDS] for name in folded]
    if any(
        fold(found[1]).text in short or any(_is_initials(fold(found[1]).text, words) for words in long)
        for found in _OWNER_FIRST.finditer(text)
    ):
        return True
    return any(
        fold(found[1]).text in short or any(_is_named(found, words) for words in long if words)
        for found in _WHOSE.finditer(text)
    )


def _is_initials(whose: str, words: Sequence[str], *, more: int = 0) -> bool:
    """Tell whether a word is the initials of several others, with ``more`` letters behind them at most."""
    initials = "".join(word[0] for word in words)
    return len(words) > 1 and whose.startswith(initials) and len(whose) <= len(initials) + more


def _is_named(found: re.Match[str], words: Sequence[str]) -> bool:
    """Tell whether the words after vehicles are those of a name, given folded and without small words."""
    whose, then = fold(found[1]).text, fold(found[2] or "").text
    # Records cut names, and abbreviations keep a letter more: "Fiscalía General", FGE.
    if found[1].isupper() and _is_initials(whose, words, more=1):
        return True
    is_first = whose == words[0] and len(words[0]) >= _LONG_ENOUGH
    return is_first and (not then or then in _GOES_ON or then in words)


@worked_out_once
def _are_just_vehicles(dossier: Dossier, text: str, *, in_words: bool) -> bool:
    """
    Tell whether a text tells nothing of whose vehicles they are, and the buyer has nothing to do with others'.

    :param in_words: whether the words for locating name them ("rastreo vehicular")
    """
    vehicles = tuple(_VEHICLES_ALONE.finditer(text))
    is_told = in_words or bool(vehicles)
    return (
        is_told and all(_JUST_VEHICLES.match(text, found.end()) for found in vehicles) and _has_only_its_own(dossier)
    )


def _is_just_locating(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether a title names locating and nothing that is located, and the buyer has nothing to do with others."""
    after = fold(dossier.text_of(mention)[mention.end :]).text
    return (
        mention.part == "title"
        and bool(_BY_SATELLITE.search(fold(mention.written).text) and _JUST_LOCATING.match(after))
        and not tells(dossier, _PEOPLE)
        and not tells(dossier, _PRODUCT)
        and _has_only_its_own(dossier)
    )


@worked_out_once
def _has_only_its_own(dossier: Dossier) -> bool:
    """Tell whether who buys has nothing to do with the vehicles of others, by its name and what the record tells."""
    return (
        not tells(dossier, _OF_OTHERS)
        and any(party.name for party in dossier.public_parties)
        and not is_called(dossier, _WATCHES_TRAFFIC)
        and not security_buyers(dossier)
        and not security_links(dossier)
    )


@worked_out_once
def _is_of_staff(_: Dossier, text: str) -> bool:
    return bool(_ATTENDANCE.search(text)) or any(
        _STAFF.search(text, max(0, found.start() - _STAFF_REACH), found.end() + _STAFF_REACH)
        for found in _DEVICE.finditer(text)
    )
