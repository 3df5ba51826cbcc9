"""Find security bodies in a record: those that buy, and those that the object is linked to."""

import re

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.sellers.vendors import SURE, party_evidence
from audits.facts.technology.record_words import holds_any
from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import WITHHELD_PASSING, Evidence
from audits.matching.lexicon import BOTH, STRONG, Mention
from audits.matching.purchases.scope import SURVEILLANCE
from audits.matching.reference.data import SECURITY_BODIES
from audits.matching.texts.normalize import fold
from contracts.ocds.parsing.objects import Party, Text

# Concepts that identify a security body; those of the second are unambiguous only in the name of a public body
# ("naval", "militar").
_IN_NAMES = ("security_body", "security_name")
# Words before a name that make it the name of a place.
_PLACE = re.compile(
    r"\b(?:bulevar|boulevard|blvd|avenida|avda?|av|calle|carrera|jiron|jr|paseo|plaza|plazoleta|parque|glorieta|puente|"
    r"barrio|colonia|j\.?v|junta (?:vecinal|de vecinos)|urbanizacion|sector|parroquia|rua|praca|largo|bairro|alameda|"
    r"travessa|ponte|estacion|estacao|"
    r"street|avenue|road|square|park)[ .]+(?:[ao] )?(?:(?:de|del|de la|de las|de los|da|das|dos|do|of|the)[ ])?$|"
    # A location near a body is not the body: "frente a la estación de policía".
    r"\b(?:al lado|atras|cerca|enfrente|frente|junto|proxim[ao]|ao lado|em frente|next|opposite|near)"
    r"(?: (?:al?|ao?|as|de|del|da|do|la|las|el|the|to))* $"
)
_PLACE_REACH = 30
_GOVERNMENT_OF = re.compile(r"\b(?:gobierno de|governo de|government of) (?:the )?[a-z]+(?: [a-z]+)?[ ,-]+$")
# "Intelligence" of systems and figures, which no intelligence body gathers, and how many characters around the word
# are searched for this.
_OF_SYSTEMS = re.compile(
    r"\b(?:artificial|business|digital|market) intelligence\b|"
    r"\binteligencia (?:artificial|competitiva|empresarial|de (?:mercados?|negocios?))\b"
)
_OF_SYSTEMS_REACH = 20

# Institutions that a body runs for its own people or for the public ("liceos del ejército", "hospital militar",
# "inspección de policía"): they are not part of its security duties.
_OWN_PLACES = (
    r"\b(?:hospital(?:es)?|hospitais|clinicas?|sanidad|salud|saude|liceos?|colegios?|esc(?:ol|uel)as?|casas fiscales|"
    r"viviendas?|clubes?|fondo rotatorio|caja de retiro|inspeccion(?:es)? de|mutual(?:idad)? de servicios) "
)
# Such words before the name of a body ("hospital de la | Policía Nacional"), or at the start of the name.
_BEFORE_NO_DUTY = re.compile(_OWN_PLACES + r"(?:(?:al|de|del|da|das|direccion|do|dos|el|la|las|los|prevision) )*$")
_NO_DUTY = re.compile(r"\A" + _OWN_PLACES)

# Words before a name that make it the title of a law: "Ley Orgánica de la Policía", law books.
_LAW = re.compile(
    r"\b(?:leyes|ley|lei|codigo|reglamento|regulamento|regimento|estatuto|decreto(?: ley)?|act|code)"
    r"(?: (?:organic[ao]|general|geral|nacional|especial))? (?:(?:del?|d[ao]s?|sobre|el|l[ao]s?|sistema|of|the) )*$"
)

# What bidders and their staff must present: "certificado de antecedentes de la Policía", "police check".
_SHOWN = re.compile(
    r"\b(?:antecedentes|certidao|certificad[ao]|certificate|clearance|constancia|licencia|registrad[ao]s?|registro|"
    r"registered|verificacion)(?: (?:criminais|de|del|da|do|em|en|emitid[ao]|expedid[ao]|issued by|"
    r"judiciales|junto a|la|na|ou|penales|pela|por|the|with|y))* $"
)
_SHOWN_AFTER = re.compile(r" (?:background|certificate|checks?|clearance|record check|verification)\b")

# Words next to a body by which the object is not linked to it.
_BESIDE = (
    Beside("named_after_body", _PLACE_REACH, before=_PLACE),
    Beside("beside_duties", 60, before=_BEFORE_NO_DUTY, written=_NO_DUTY),
    Beside("title_of_law", 50, before=_LAW),
    Beside("shown_by_bidders", 70, before=_SHOWN, after=_SHOWN_AFTER),
)

# Ministries that hold elections. Police, military and prisons hold none, although their names may contain the name of
# such a ministry.
_INTERIOR = re.compile(
    r"\b(?:ministerio (?:del? |do )?(?:interior|gobierno)|ministerio da administracao interna|"
    r"secretaria de gobernacion|ministry of (?:the )?(?:interior|home affairs)|"
    r"(?:home|interior) (?:office|ministry|department))\b"
)

# Words that introduce the possible users of a purchase, how many characters before a body are searched for them, and
# the minimum number of commas, so of other users, between them and the body.
_USERS = re.compile(
    r"\b(?:available (?:for use )?(?:by|to)|eligible|may be used by|for use by|on behalf of|participating|"
    r"(?:entidades|organos|orgaos) (?:participantes|adherid[ao]s|aderentes|beneficiari[ao]s)|podran adherirse|"
    r"poderao aderir)\b"
)
_USERS_REACH = 700
_USERS_BEFORE = 2

# An institution that cares for the staff of a security body has none of its duties ("Caja de Previsión de la
# Defensa"). Exceptions: it holds prisoners, or the name of the national police follows without "de la" ("Caja de
# retiro de la Policía" belongs to the police).
_WITH_DUTIES = re.compile(r"\b(?:penitenc|prision|custodi|(?<!de la )policia nacional\b)")
# Prosecutors who carry out investigations: Brazil's groups against organised crime.
_INVESTIGATES = re.compile(
    r"\b(?:crime organizado|crimen organizado|gaeco|inteligencia|investiga(?:cao|coes|cion|ciones))\b"
)


@cached_fact
def security_buyers(dossier: Dossier) -> tuple[Evidence, ...]:
    """
    Return the security bodies that buy, without courts and institutions that care for their own people ("Hospital
    Militar").

    With facial recognition or interception, all of these but courts count too. Fingerprint readers are not enough,
    because doors and desks have them.
    """
    bodies = tuple(body for body in security_bodies(dossier) if not _is_court(dossier, str(body.value)))
    if dossier.mentions_of("facial_recognition", "interception"):
        return bodies
    return tuple(body for body in bodies if not _looks_after_its_own(dossier, str(body.value)))


def _is_court(dossier: Dossier, name: str) -> bool:
    folded = fold(name).text
    return holds_any(dossier, folded, "court") and not _INVESTIGATES.search(folded)


def _looks_after_its_own(dossier: Dossier, name: str) -> bool:
    folded = fold(name).text
    if holds_any(dossier, folded, "prosecution"):
        return not _INVESTIGATES.search(folded)
    return holds_any(dossier, folded, "for_its_own") and not _WITH_DUTIES.search(folded)


@cached_fact
def security_bodies(dossier: Dossier) -> tuple[Evidence, ...]:
    """
    Return buyers and procuring entities that are police, military, intelligence, prison or emergency bodies.

    If the record mentions an election, a ministry of the interior is not a security body, because it holds elections.
    """
    parties = _parties_with_duties(dossier)
    paths = {party.path for party in parties}
    listed = [
        party_evidence(match)
        for match in dossier.matches
        if match.path in paths
        and match.entry.watchlist == SECURITY_BODIES
        and match.value >= SURE
        and _acts_here(match.entry.country, dossier)
    ]
    seen = {place.path for place in listed}
    named = {place.path: place for party in parties if (place := _named_body(dossier, party))}
    return (*listed, *(place for path, place in named.items() if path not in seen))


def _parties_with_duties(dossier: Dossier) -> tuple[Party, ...]:
    """Return the public parties without ministries that hold elections and without schools."""
    votes = bool(dossier.mentions_of("election", parts=PROSE_PARTS))
    return tuple(
        party
        for party in dossier.public_parties
        if not (
            votes
            and _is_ministry_alone(dossier, party.name)
            and dossier.leaves_out(Evidence(f"{party.path}/name", party.name, party.name), "holds_elections")
        )
        and not holds_any(dossier, fold(party.name).text, "school_for_all")
    )


def _named_body(dossier: Dossier, party: Party) -> Evidence | None:
    """Return the word in the name of a party that makes it a security body."""
    path = f"{party.path}/name"
    mentions = [
        mention
        for mention in dossier.reference.scan(Text(path, party.name, "party"))[0]
        if not (_is_of_systems(party.name, mention) and dossier.leaves_out(mention, "of_systems"))
    ]
    for mention in mentions:
        if mention.concept in _IN_NAMES and mention.strength == STRONG:
            return Evidence(path, party.name, party.name, mention.start, mention.end, "security_body")
    return None


def _is_of_systems(text: str, mention: Mention) -> bool:
    """Return whether a mention is of artificial or business intelligence: "servicios de inteligencia artificial"."""
    around = text[max(0, mention.start - _OF_SYSTEMS_REACH) : mention.end + _OF_SYSTEMS_REACH]
    return "intel" in mention.written.lower() and bool(_OF_SYSTEMS.search(fold(around).text))


def _is_ministry_alone(dossier: Dossier, name: str) -> bool:
    """Return whether a name is that of a ministry of the interior, and not of one of its police forces."""
    rest, ministries = _INTERIOR.subn(";", fold(name).text)
    mentions, _ = dossier.reference.scan(Text("", rest, "party"))
    return bool(ministries) and not any(mention.concept in _IN_NAMES for mention in mentions)


@cached_fact  # asked by five rules
def security_links(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions in the object that link it to a security body, in a lot with technology or in no lot.

    Abbreviations ("C5", "911") count only if the record mentions a command centre or surveillance technology. Names of
    classes do not count, nor do streets and buildings named after a body ("Bulevar Fuerzas Armadas").
    """
    company = dossier.mentions_of("command_centre", *SURVEILLANCE)
    strengths = BOTH if company else (STRONG,)
    return tuple(
        mention
        for mention in dossier.mentions_of(
            "security_body", "police_integration", parts=PROSE_PARTS, strengths=strengths
        )
        if in_lots(mention, dossier.scope.evidence) and not dossier.leaves_out(mention, _why_not(dossier, mention))
    )


def _why_not(dossier: Dossier, mention: Mention) -> str:
    """Return the exclusion by which a mention is no link to a security body; ``""`` if it is a link."""
    if beside := exclusion_beside(dossier, mention, _BESIDE):
        return beside
    if _is_of_systems(dossier.text_of(mention), mention):
        return "of_systems"
    if _is_listed_user(dossier, mention):
        return "one_of_many_users"
    if is_mentioned_in_passing(dossier.text_of(mention), mention.start):
        return WITHHELD_PASSING
    return "letterhead" if _is_letterhead(dossier, mention) else ""


def _is_listed_user(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a body is one of many users: "available for use by ministers, councils …"."""
    before = dossier.folded_before(mention, _USERS_REACH)
    *_, after = _USERS.split(before)
    return after != before and after.count(",") >= _USERS_BEFORE


def _is_letterhead(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a ministry is part of a named buyer's letterhead: "Government of …, Ministry of Interior"."""
    before = dossier.folded_before(mention, _PLACE_REACH)
    return (
        bool(dossier.public_parties)
        and fold(mention.written).text.startswith("minist")
        and bool(_GOVERNMENT_OF.search(before))
    )


def _acts_here(country: str, dossier: Dossier) -> bool:
    return not country or not dossier.process.country or country == dossier.process.country
