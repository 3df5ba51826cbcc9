"""Financing: lenders, donors and the terms of their money, read by T05, T06 and T11."""

import re
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.methods.grounds import is_direct
from audits.facts.sellers.gifts import is_of_seller
from audits.facts.sellers.vendors import SURE, party_evidence, supplier_matches
from audits.judging.dossiers.parts import MONEY_PARTS, PAPER_PARTS, WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import without_repeats
from audits.judging.rule.vocabulary import Context, Evidence
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.organizations.watchlist import NameMention
from audits.matching.reference.data import FINANCIERS
from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.parsing.objects import Party, Text

# Words about an earlier purchase, and their maximum distance before a name or an agreement: "software que fue
# adquirido mediante convenio con UNOPS". The participle alone has no tense: "serán adquiridos mediante préstamo".
_BOUGHT_BEFORE = re.compile(
    r"\b(?:anteriormente|antes|fue|fueron|foi|foram|habia sido|ha sido|han sido|ja|previamente|ya) "
    r"(?:adquirid|comprad|contratad|desarrollad|desenvolvid|implementad|obtenid|obtid)[oa]s? "
    r"(?:e[mn] (?:19|20)\d\d )?"
    r"(?:mediante|por medio de|por meio de|a traves de|atraves de|por|bajo|sob) [^.;]{0,90}$|"
    r"\b(?:previously|was|were|has been|have been) (?:acquired|bought|developed|implemented|procured|purchased) "
    r"(?:in (?:19|20)\d\d )?(?:by|through|under|via|with) [^.;]{0,90}$"
)
# Money that does not exist: "No hay financiación de la Unión Europea", "não há empréstimo do BID"; and money that may
# exist later: "this contract could deliver EU funded projects", "may be funded by the ERDF".
_THERE_IS_NONE = re.compile(
    r"\b(?:no|nao) (?:hay|existen?|ha|existem?)(?: ningun\w*| nenhum\w*)?"
    r"(?: (?:financiacion|financiamiento|financiamento|fondos|fundos|recursos|prestamos?|emprestimos?|creditos?)"
    r"(?: (?:de|del|da|do|das|dos|la|el|las|los))*)? $|"
    r"\bno (?:funding|funds|grant|loan|money)(?: (?:from|of|by|the))* $|"
    r"\b(?:could|may|might|podrian?|poderiam?|susceptibles? de) [^.;]{1,90}$"
)
# Subjects of a purchased system, and their maximum distance before it: "sistema para gestão de financiamentos
# internacionais". It does not say who pays for the system.
_MANAGED = re.compile(
    r"\b(?:aplicacion|aplicativo|plataforma|sistema|software|solucao|solucion)(?: \w+){0,3}? (?:de|para)"
    r"(?: (?:el|la|o|a))? (?:administra\w+|carteira|cartera|cobran\w+|cobros?|controle?|gerenciamento|gestao|"
    r"gestion|monitoramento|monitoreo|registro|seguimiento)(?: (?:de|del|d[ao]s?|l[ao]s))+ (?:\w+ (?:y|e) )?$"
)
_MANAGED_REACH = 90
# Domestic sources, directly after words for money; a ministry of another country is named as such.
_OWN_STATE = re.compile(
    r" (?:(?:by|de|del|d[ao]s?|el|from|la|the) ){0,2}"
    r"(?:gobierno (?:central|departamental|nacional|provincial|regional)|governo federal|"
    r"municipal|propi[oa]s?|propri[oa]s?|con (?:fondos|recursos) propios|com (?:fundos|recursos) proprios|"
    r"(?:8 ?% )?fndr|fondo (?:nacional de desarrollo regional|(?:de )?vinculacion con la comunidad)|"
    r"ministerio (?:de |da |do )?(?:la )?(?:agricultura|educac|hacienda|justi|fazenda|saude|salud|tecnolog|transport)"
    r"\w*(?! de (?!l[ao]s? )[a-z]+\b)|"
    r"presupuesto general|sistema general de (?:participaciones|regalias)|tesoro nacional|"
    r"central government|department (?:for|of) (?!foreign|international|state)|home office|"
    r"ministry of (?!commerce|foreign)|national lottery)\b"
)
# A government named by words for money: "US government", "Government of India". The buyer's own is not external money.
_GOVERNMENT = re.compile(
    r"\A(?:(?P<before>[a-z ]{2,30}) government|"
    r"(?:gobierno del?|government of|governo d[aeo])(?: the)? (?P<after>[a-z ]{2,40}))\Z"
)
# Words for the money of a donor state, by its country. Its own bodies name it as their task, and get none of it.
_DONORS = {
    country: re.compile(rf"\b(?:{words})\b")
    for country, words in {
        "CN": "china|chinese",
        "DE": "german|giz|kfw",
        "FR": "french",
        "GB": "british|fcdo|uk|ukaid",
        "JP": "japan|japanese|jica",
        "KR": "koica|korea|korean",
        "US": "american|(?:foreign|security) assistance|foreign military|merida|millennium challenge|u s|us|usaid",
    }.items()
}
# Agencies that finance purchases by others, and none at home.
_FOR_OTHERS = frozenset({"bilateral_agency", "export_credit_agency"})
# The member states of the European Union (Treaty on European Union, article 52), and its funds; a bank of the Union
# lends.
_MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_MEMBER_STATES = frozenset(_MEMBERS.split())
_LENT = re.compile(r"\b(?:ban[ck]|bei\b|cooperac|credit|emprestimo|loan|prestamo)")
_FUNDS_OF_UNION = re.compile(
    r"\b(?:erdf|europe|feder\b|fondo social|fundo social|mecanismo (?:de|para la) recuperac|next ?generation|"
    r"plan(?:o|es)? (?:nacional )?de recupera[cs]|prr\b|prtr\b|uniao europeia|union europea)"
)
# Maximum distance in characters of a fund before or after words for money: "con fondos procedentes de …", "European
# Research Council, grant agreement".
_FUND_REACH = 70
# An agreement between governments of one state, directly before words for money: "convenio intergubernativo de".
_WITHIN_STATE = re.compile(r"\bintergubernativ[oa]s? (?:de )?$")
# A concession is always paid for by who gets it: "Financiamiento del concesionario".
_BY_CONCESSION = Beside("gift_of_seller", 40, after=re.compile(r" (?:del|d[ao]s?|de l[ao]s?) concess?ionari[ao]s?\b"))
_EARLIER = Beside("bought_before", 120, before=_BOUGHT_BEFORE)
_NO_MONEY = (_EARLIER, Beside("no_such_money", 120, before=_THERE_IS_NONE))
_OF_STATE = Beside("own_state", 80, before=_WITHIN_STATE, after=_OWN_STATE)
# Money from a named source pays: "préstamo BID 1234", "donación del gobierno de Corea".
_BY_NAME = re.compile(r"(?: (?:d[aeo]|del|gobierno|governo)){0,4} (?![EY]\b)[A-ZÀ-Þ]")
_LONG_TEXT = 1_200
# Number of characters that hold the word before a mention.
_WORD_REACH = 30
TERMS = ("concession_loan", "buyer_credit", "tied_procurement")


class Lender(NamedTuple):
    """A listed lender or donor; ``country`` (ISO 3166-1 alpha-2) is where it has its seat."""

    name: str
    country: str
    evidence: Evidence


class TiedSupply(NamedTuple):
    """A lender and a supplier of one home country, where competition was limited."""

    lender: str
    supplier: str
    country: str
    evidence: tuple[Evidence, ...]


def lenders(dossier: Dossier) -> list[Lender]:
    """Return the listed lenders and donors among funders and in the words of the record."""
    paths = {party.path for party in _funders(dossier)}
    found = [
        Lender(match.entry.name, match.entry.country, party_evidence(match))
        for match in dossier.matches
        if match.entry.watchlist == FINANCIERS and match.value >= SURE and match.path in paths
    ]
    for party in _funders(dossier):
        _, names = _scanned(dossier, party)
        found.extend(
            Lender(name.entry.name, name.entry.country, _in_name(party, name, name.entry.name))
            for name in names
            if name.entry.watchlist == FINANCIERS
        )
    found.extend(
        Lender(name.entry.name, name.entry.country, dossier.evidence(name, name.entry.name))
        for name in dossier.names
        if name.entry.watchlist == FINANCIERS
        and name.part in WORDS_OF_RECORD
        and not dossier.leaves_out(name, _why_no_lender(dossier, name))
    )
    return found


def was_bought_before(dossier: Dossier, mention: Mention | NameMention) -> bool:
    """Return whether a lender or agreement financed an earlier purchase that a text mentions."""
    return _EARLIER.holds(dossier, mention)


def financing(dossier: Dossier) -> tuple[Evidence, ...]:
    """
    Return the places that name a lender or donor, or terms of a loan, credit, donation or cooperation.

    In names of funders, budgets and methods any strength counts ("grants since 2010", "Donación", "BID - Licitación
    Internacional"); elsewhere weak words need a second one, or an agreement between governments or bodies.
    """
    found = [lender.evidence for lender in lenders(dossier)]
    found.extend(funder_mentions(dossier, *TERMS))
    found.extend(dossier.evidence(mention) for mention in _terms(dossier, WORDS_OF_RECORD, STRONG))
    found.extend(dossier.evidence(mention) for mention in _terms(dossier, MONEY_PARTS | {"method"}, WEAK))
    if not found:
        # A long text mentions funds and cooperation in its background, whoever pays.
        weak = tuple(
            mention
            for mention in _terms(dossier, WORDS_OF_RECORD, WEAK)
            if len(dossier.text_of(mention)) < _LONG_TEXT or mention.part in PAPER_PARTS
        )
        if len({mention.term for mention in weak}) > 1 or (
            weak and dossier.mentions_of("mou_bilateral", parts=WORDS_OF_RECORD)
        ):
            found.extend(dossier.evidence(mention) for mention in weak)
    return without_repeats(found)


def _terms(dossier: Dossier, parts: Container[str], strength: str) -> tuple[Mention, ...]:
    """Return the terms of money, except the supplier's own, negated ones and those of an earlier purchase."""
    mentions = dossier.mentions_of(*TERMS, parts=parts, strengths=(strength,))
    return tuple(mention for mention in mentions if not dossier.leaves_out(mention, _why_no_terms(dossier, mention)))


def _why_no_lender(dossier: Dossier, name: NameMention) -> str:
    """Return the exclusion for the name of a lender that is not current financing; ``""`` if there is none."""
    if name.negated:
        return "denied"
    is_at_home = name.entry.country == dossier.process.country and any(kind in name.entry.kind for kind in _FOR_OTHERS)
    return "own_state" if is_at_home else exclusion_beside(dossier, name, _NO_MONEY)


def _why_no_terms(dossier: Dossier, mention: Mention) -> str:
    """Return the exclusion for words for money that are not terms of it; ``""`` if there is none."""
    if is_of_seller(dossier, mention) or _BY_CONCESSION.holds(dossier, mention):
        return "gift_of_seller"
    if why := exclusion_beside(dossier, mention, _NO_MONEY):
        return why
    if _is_managed(dossier, mention):
        return "kept_account_of"
    if mention.strength == WEAK and _is_in_buyers_name(dossier, mention):
        return "names_party"
    return "own_state" if _is_of_own_state(dossier, mention) else ""


def _is_managed(dossier: Dossier, mention: Mention) -> bool:
    """Return whether money without a named source is the subject of a system, not its financing."""
    value = dossier.text_of(mention)
    before = value[max(0, mention.start - _MANAGED_REACH) : mention.start]
    # In a text in capitals, nothing shows a name.
    is_named = not mention.written.isupper() and _BY_NAME.match(value, mention.end)
    return bool(_MANAGED.search(fold(before).text)) and not is_named


def _is_in_buyers_name(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a word and the one before it are in a buyer's name: "Hospital Guillermo Grant Benavente"."""
    before = dossier.folded_before(mention, _WORD_REACH).split()[-1:]
    words = " ".join([*before, fold(mention.written).text])
    return any(f" {words} " in f" {fold(party.name).text} " for party in dossier.public_parties)


def _is_of_own_state(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a domestic ministry, treasury or government pays: "financiado con recursos del Ministerio …"."""
    government = _GOVERNMENT.match(fold(mention.written).text)
    if government and country_code(government["before"] or government["after"]) == dossier.process.country != "":
        return True
    donor = _DONORS.get(dossier.process.country)
    if donor and donor.search(fold(mention.written).text):
        return True
    return _OF_STATE.holds(dossier, mention)


def is_of_union(dossier: Dossier, money: Iterable[Evidence]) -> Context | None:
    """Return the context that only funds of the European Union, of which the state is a member, pay; or ``None``."""
    if dossier.process.country not in _MEMBER_STATES:
        return None
    texts = [
        fold(str(place.value)[max(0, (place.start or 0) - _FUND_REACH) : (place.end or 0) + _FUND_REACH]).text
        for place in money
    ]
    is_own = all(_FUNDS_OF_UNION.search(words) and not _LENT.search(words) for words in texts)
    return Context("of_union", {}) if is_own else None


def funder_mentions(dossier: Dossier, *concepts: str) -> list[Evidence]:
    """Return the names of funders that contain some concepts."""
    return [
        _in_name(party, mention, mention.concept)
        for party in _funders(dossier)
        for mention in _scanned(dossier, party)[0]
        if mention.concept in concepts and not mention.negated
    ]


def tied_supply_pairs(dossier: Dossier) -> Iterator[TiedSupply]:
    """Yield each lender and supplier with a common home country, if competition was absent or limited."""
    money = lenders(dossier)
    limits = (
        *is_direct(dossier),
        *(
            dossier.evidence(mention)
            for mention in dossier.mentions_of("tied_procurement", "buyer_credit", parts=WORDS_OF_RECORD)
        ),
    )
    if not money:
        return
    seats = {
        match.path: (match.name, match.entry.country, party_evidence(match)) for match in supplier_matches(dossier)
    }
    for party in dossier.process.parties_with_role("supplier"):
        if party.country:
            place = Evidence(f"{party.path}/name", party.name, party.name, note=f"supplier, {party.country}")
            seats.setdefault(party.path, (party.name, party.country, place))
    for lender in money:
        for supplier, seat, place in seats.values():
            if lender.country != seat or not seat:
                continue
            if limits or not dossier.leaves_out(lender.evidence, "open_competition"):
                yield TiedSupply(lender.name, supplier, seat, (lender.evidence, place, *limits))


def _funders(dossier: Dossier) -> tuple[Party, ...]:
    return dossier.process.parties_with_role("funder")


def _scanned(dossier: Dossier, party: Party) -> tuple[list[Mention], list[NameMention]]:
    return dossier.reference.scan(Text(f"{party.path}/name", party.name, "party"))


def _in_name(party: Party, found: Mention | NameMention, note: str) -> Evidence:
    return Evidence(found.path, party.name, party.name, found.start, found.end, note)
