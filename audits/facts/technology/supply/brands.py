"""Find products, manufacturers and brands in the object, listed or not, and those that a text opens to equivalents."""

import re
from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Sequence

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.methods.grounds import is_direct
from audits.facts.methods.procedures import hires_consultants, named_methods
from audits.facts.sellers.vendors import supplier_matches, vendor_names
from audits.facts.technology.prominence import mentioned_late, reads_below
from audits.facts.technology.supply.unlisted_brands import UPKEEP, unlisted_brands
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each
from audits.judging.rule.vocabulary import Context, Evidence
from audits.matching.lexicon import BOTH, WEAK, Mention
from audits.matching.organizations.watchlist import NameMention
from audits.matching.products.unlisted import Sign
from audits.matching.purchases.scope import OBJECT_PARTS
from audits.matching.texts.nearness import Places
from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.codes import COMPETITIVE

PRODUCTS = (
    "proprietary_product",
    "network_product",
    "software_product",
    "server_product",
    "security_product",
    "cloud_product",
    "surveillance_product",
)
# Those that many firms sell. Below two trifles one of six flags on them was right, in nine readings.
_RESOLD = frozenset({"network_product", "security_product", "server_product"})
# Words before a name that make it the name of a party, and how many characters before the name are searched for them.
_PARTY = re.compile(
    r"\b(?:suministrad[oa]s?|proveid[oa]s?|ejecutad[oa]s?|desarrollad[oa]s?|fornecid[oa]s?|executad[oa]s?|adjudicad[oa]s?|"
    r"provision de [^.;]*|provided|supplied|implemented|built|financed|won|signed|awarded|contrato|contrat[oa]d[oa]s?|"
    r"contract|contracts|convenio|acuerdo|acordo|agreement|memorando|mou|consorcio|empresa|firma|contratista|contractor|"
    r"oferente|proveedor|fornecedor|supplier)"
    r"(?: (?:por|pel[oa]|by|con|com|with|a|ao|to|from|de|da|do|entre|between|l[ao]s?|el|the|empresa|firma|compania))*"
    r"(?: [\w.&-]+){0,3}? ?[(\"']?$"
    # "por China National Electronics (CEIEC)"
    r"|\b(?:por|by|pel[ao])(?: (?:l[ao]|el|the|empresa|firma))* $|\b(?:por|by|pel[ao]) [^.;]{4,40}\($"
)
# Words before the name of a product, not of a party: "sistema designado por Edoclink".
_IS_CALLED = re.compile(r"\b(?:conhecid|conocid|denominad|designad)[ao]s? (?:por|como) $")
_PARTY_REACH = 60
# A person named after a title: "ing. Ana Cisco", the engineer who requests the goods. The name must have capitals;
# "lic. de uso Oracle" (licences) and "DR con Veeam" (disaster recovery) name no person.
_PERSON = re.compile(
    r"\b(?:(?i:abg|abog|arq|eng|ing|licda|licdo|licenciad[ao]|ingenier[ao]|engenheir[ao]|sra?|srta)|[Dd]ra?)\.? "
    r"(?:(?:[A-ZÀ-Þ][a-zß-ÿ]+|[A-ZÀ-Þ]\.) ){1,3}$"
)
_PERSON_REACH = 50
# Line ends that lost their backslashes: "\\r\\n" written as "rn".
_BROKEN_LINES = re.compile(r"(?:rn){1,4}[A-Z]")
# Administration, which any administrator can do: "administración remota de bases de datos Oracle, VMware y Linux".
_ADMINISTERED = re.compile(r"\badministra(?:cion|cao|tion) (?:remota )?(?:de|da|do|del|of)\b[^.]*$")
_ADMINISTERED_REACH = 100
# Maximum number of characters from a word for teaching to the name of what is taught.
_TAUGHT_REACH = 100
# A name of what is replaced ("para remplazo de los módems Hughes"), or of a kind of product ("tipo Starlink").
_REPLACED_OR_KIND = re.compile(
    r"\b(?:re+mplazo|replacement|substituicao|sustitucion) (?:d[aeo]s?|del|of)(?: the| l[ao]s?)?(?: \w{1,20}){0,2} $|"
    r"(?<!del )(?<!do )\btipo \W?$"
)
# Words before the number of an order, and the number: "Crl. Citrix 57.544". The number of a model has no full stop
# ("ref. Cisco 9200"), and a quantity is followed by what is counted ("Citrix 12.500 usuarios").
_COUNTED = re.compile(r"\b(?:correl\w*|crl|id|n|no|nro|num|orden|pedido|ref|ticket)[.:º°]* ?$")
_COUNT = re.compile(r" \d{2,3}\.\d{3}(?! ?\w|,)")
# The number of an article in the program of that name: "SAP CODE 8408206751", "código SAP: 100045".
_ARTICLE_AFTER = re.compile(
    r"[ -](?:article|articulo|code|cod(?:igo)?|item|mat(?:erial)?)[ .:#-]{0,3}(?:n[o.º°]{1,2} ?)?\d{5}"
)
_ARTICLE_BEFORE = re.compile(r"\b(?:article|articulo|code|cod(?:igo)?|item|mat(?:erial)?)[ .:]{1,2}$")
_ARTICLE = re.compile(r"[ .:#-]{1,3}(?:n[o.º°]{1,2} ?)?\d{5}")
_TICKETS = "jira"
# Not a year ("Jira 2025"), and not a quantity ("Jira 2000 usuarios").
_TICKET = re.compile(r"[ #:(-]{0,3}+(?:(?!(?:19|20)\d\d\b)\d{4,}+(?! ?\w)|[a-z]{2,10}-\d)")
_COUNT_REACH = 20
# In a text of at least ``LONG_TEXT`` characters, a name counts only if binding words are within ``_BOUND_REACH``.
LONG_TEXT = 1_200
_BOUND_REACH = 80
# Work on code that the buyer has: "nuevos desarrollos y mantenimiento evolutivo del sistema".
_DEVELOPED = re.compile(
    r"\b(?:(?:mantenimiento|mantencion|manutencao)(?: (?:correctiv|corretiv|adaptativ|preventiv|perfectiv)[oa],?)*"
    r"(?: [ye])? (?:evolutiv[oa]|perfectivo)|nuevos desarrollos|novos desenvolvimentos|"
    r"(?:desarrollos?|desenvolvimentos?)(?: adaptativos?,?| corr?ec?tivos?,?){0,2}(?: [ye])? evolutivos?|"
    r"(?:desarrollos?|desenvolvimento) (?:aplicaciona(?:l|is)|de (?:aplicacoes|nov[ao]s? funcionalidades|"
    r"nuevas funcionalidades))|evolucao|upgrades e melhorias|new developments?|evolutionary maintenance)\b"
)
# Maximum distance in characters from such work to a name after it, and words that may not stand between.
_DEVELOPED_REACH = 60
_LICENCES = re.compile(r"\blicen[cs]\w+")
# Maximum distance in characters from a brand in a description to "o equivalente" after it by which the brand is open
# in the title too; and words between them by which another thing is open.
_OPENED_REACH = 60
_GOES_ON = re.compile(r"[.,;:]|\s(?:y|e|and|con|com|with|sobre|on|en|em|in|para)\s", re.IGNORECASE)
# "O superior" is left out: it opens a size, and not a name that a title repeats.
_OPENS = re.compile(r"equivalen|similar")
# Words after or at the end of the name of a firm ("Huawei Technologies Co., Ltd."), which is not bought.
_FIRM = re.compile(
    r" ?,? ?(?:technolog(?:y|ies)|corporation|corp|company|co|inc|ltd|limited|llc|plc|gmbh|international|marine|"
    r"telecom\w*|solutions|systems|s\. ?a\.?(?: ?s\.)?|sa|ltda|lda|sucursal|del (?:peru|ecuador|paraguay)|de mexico|"
    r"do brasil)(?![\w-])"
)
_LEGAL_END = re.compile(r"\b(?:ltd|co|inc|corp|corporation|limited|llc|plc|gmbh|s\.? ?a|ltda|lda)\.?$")
# The far end of a line: "enlace de datos entre el centro de datos y la nube de Oracle".
_LINE_TO_CLOUD = re.compile(r"\b(?:enlaces?|links?)\b[^.;]*\b(?:cloud|nube|nuvem) (?:d[aeo]|of) $")
_BESIDE = (
    Beside("replaced_or_kind", 80, before=_REPLACED_OR_KIND),
    Beside("line_to_cloud", 160, before=_LINE_TO_CLOUD),
    Beside("names_party", 24, written=_LEGAL_END, after=_FIRM),
)
# Words that open the brand after them, "de referencia" and "similar a", and their maximum distance in characters.
_OPENS_NEXT = re.compile(r"refer|similar(?:es)? ")
_REFERENCE_REACH = 30
# Concepts of unlisted products that are recognised only by their spelling, without a word such as "marca"; and support
# by the manufacturer, which resellers sell for any product.
_SPELLED = frozenset(f"unlisted_{sign}" for sign in (Sign.NAME, Sign.MODEL))
_OF_MAKER = re.compile(r"^(?!.*exclusiv).* (?:del|do) fabricante$|^manufacturer technical support$")
# Environment in which programs are written or maintained, or on which machines run: "desenvolvimento em plataforma
# Oracle", "máquinas virtuales con Windows Server", "servidores del entorno SAP". "Licenças em plataforma Oracle" are
# licences of the product itself.
_ENVIRONMENT = re.compile(
    r"\A(?!.*\blicen[cs]).*"
    r"\b(?:adaptativa|correctivo|corretiva|desarrollos?|desenvolvimento|evolutiv[ao]|program\w+)\b[^.;]{0,80}?"
    r" (?:com|con|em|en|na|no|sobre) (?:[ao]s? |el |l[ao]s? )?(?:ambientes?|bancos? de dados|bases? de datos|"
    r"entornos?|lenguaje de programacion|linguagem de programacao|plataformas?)(?: como lo son)? ?$|"
    r"\bservidor(?:es)? (?:d[aeo]l?|para)(?: el| l[ao]s?| [ao]s?)? (?:ambientes?|entornos?) $|"
    r"\bmaquinas virtua(?:is|les) co[mn] $|\buso (?:en|em|por) servidores (?:\w+ (?:e|y) )?$",
    re.DOTALL,
)
_ENVIRONMENT_REACH = 160
# Concept of a brand recognised by a word ("marca"), and the probability from which it is no longer in doubt.
_BRAND = f"unlisted_{Sign.BRAND}"
_PLAIN = 0.8
_METHOD = "/tender/procurementMethodDetails"


def brands_demanded(dossier: Dossier, reach: int) -> tuple[Mention | NameMention, ...]:
    """Return products, makers and brand demands in the object, without "or equivalent" within ``reach`` characters."""
    products = dossier.mentions_of(*PRODUCTS)
    suppliers = {match.entry.name for match in supplier_matches(dossier)}
    makers = [name for name in vendor_names(dossier, OBJECT_PARTS) if name.entry.name not in suppliers]
    # What opens a brand to others: after it "Cisco o similar", before it "marca de referencia: Cisco", "similar al".
    after: dict[str, list[int]] = {}
    opening: dict[str, list[int]] = {}
    before: dict[str, list[int]] = {}
    for mention in dossier.mentions_of("or_equivalent", strengths=BOTH):
        insort(after.setdefault(mention.path, []), mention.start)
        if _OPENS.search(mention.written.lower()):
            insort(opening.setdefault(mention.path, []), mention.start)
        if _OPENS_NEXT.search(mention.written.lower()):
            insort(before.setdefault(mention.path, []), mention.end)
    binding = Places(dossier.mentions_of(*UPKEEP, "brand_demand", "exclusivity", "supply", strengths=BOTH))
    named: list[Mention | NameMention] = [*first_of_each(products), *makers, *unlisted_brands(dossier)]
    found: list[Mention | NameMention] = [
        *(
            name
            for name in named
            if not (_is_one_of_many(dossier, name, binding) and dossier.leaves_out(name, "told_at_length"))
        ),
        *first_of_each(_demands(dossier)),
    ]
    demanded = [
        brand
        for brand in found
        if not _BROKEN_LINES.match(brand.written) and not dossier.leaves_out(brand, _why_not(dossier, brand))
    ]
    # A brand in the title is not demanded if the description opens it ("PRTG o equivalente").
    opened = {_name(brand) for brand in demanded if _is_left_open(dossier, brand, opening.get(brand.path, ()))}
    return tuple(
        brand
        for brand in demanded
        if not (
            (
                _lies_within(after.get(brand.path, ()), brand.end, brand.end + reach)
                or _lies_within(before.get(brand.path, ()), brand.start - _REFERENCE_REACH, brand.start)
                or (brand.part == "title" and _name(brand) in opened)
            )
            and dossier.leaves_out(brand, "left_open")
        )
    )


def _demands(dossier: Dossier) -> Iterator[Mention]:
    """Yield words that demand a brand."""
    yield from dossier.mentions_of("brand_demand")
    # "marca" or "modelo" alone is ambiguous; "marca X, modelo Y" in one text is a demand.
    weak: dict[str, list[Mention]] = {}
    for mention in dossier.mentions_of("brand_demand", strengths=(WEAK,)):
        weak.setdefault(mention.path, []).append(mention)
    for mentions in weak.values():
        if len({mention.term for mention in mentions}) > 1:
            yield from mentions


def _why_not(dossier: Dossier, brand: Mention | NameMention) -> str:
    """Return the exclusion by which a name is not a product that is demanded; ``""`` if it is one."""
    if _is_party(dossier, brand) or _is_person(dossier, brand):
        return "names_party"
    if _is_administered(dossier, brand):
        return "administered"
    if _is_taught(dossier, brand):
        return "training_itself"
    if beside := exclusion_beside(dossier, brand, _BESIDE):
        return beside
    if _is_counted(dossier, brand):
        return "order_number"
    return "own_code" if _is_own_code(dossier, brand) else ""


def mentioned_faintly(dossier: Dossier, evidence: Collection[Evidence]) -> Context | None:
    """
    Return the context that products in evidence are only weakly supported; or ``None``.

    They are recognised only by their spelling, late in a description or by a brand in doubt, or are only support by
    the manufacturer, the environment of something else, or lines used for longer. Such evidence is wrong too often for
    a flag if others may have competed. In a direct award, only the name of a method for choosing consultants is weak.
    """
    if is_direct(dossier):
        return _of_consultants(dossier, evidence)
    if all(place.note in _SPELLED for place in evidence):
        return Context("told_by_spelling", {})
    if all(_is_support_of_maker(place) for place in evidence):
        return Context("support_of_maker", {})
    if all(map(_is_environment, evidence)):
        return Context("environment", {})
    if set(dossier.sectors) <= {"telecoms"} and all(place.note == "contract_extension" for place in evidence):
        return Context("lines_prolonged", {})
    if any(_BRAND in place.note for place in evidence) and reads_below(dossier, _PLAIN):
        return Context("brand_in_doubt", {})
    return mentioned_late(dossier, evidence)


def are_resold(dossier: Dossier, evidence: Collection[Evidence]) -> bool:
    """
    Return whether evidence names only devices or protection of a listed brand, which many firms sell.

    ``False`` for a direct award, and for a connection, which only its operator sells.
    """
    if is_direct(dossier) or dossier.mentions_of("internet_access", "satellite_link"):
        return False
    concepts = {concept for place in evidence for concept in place.note.split(", ")}
    return bool(concepts & _RESOLD) and concepts <= _RESOLD | {"brand_demand"}


def _is_environment(place: Evidence) -> bool:
    before = fold(str(place.value)[: place.start][-_ENVIRONMENT_REACH:]).text
    return bool(_ENVIRONMENT.search(before))


def _is_support_of_maker(place: Evidence) -> bool:
    words = str(place.value)[place.start : place.end]
    return place.note == "maintenance_by_vendor" and bool(_OF_MAKER.search(fold(words).text))


def _of_consultants(dossier: Dossier, evidence: Iterable[Evidence]) -> Context | None:
    """Return the context that the only ground is the name of a method for choosing consultants; or ``None``."""
    is_method = all(place.path == _METHOD and place.note == "exclusivity" for place in evidence)
    return Context("of_consultants", {}) if is_method and hires_consultants(dossier.process) else None


def _name(brand: Mention | NameMention) -> str:
    return fold(brand.written).text


def _is_left_open(dossier: Dossier, brand: Mention | NameMention, offsets: Sequence[int]) -> bool:
    """Return whether a description opens this brand to equivalents: no other thing is named before the "o"."""
    place = bisect_left(offsets, brand.end)
    if brand.part != "description" or place == len(offsets) or offsets[place] > brand.end + _OPENED_REACH:
        return False
    return not _GOES_ON.search(dossier.text_of(brand)[brand.end : offsets[place]])


def _lies_within(offsets: Sequence[int], first: int, last: int) -> bool:
    """Return whether one of the sorted offsets is from ``first`` to ``last``, both included."""
    place = bisect_left(offsets, first)
    return place < len(offsets) and offsets[place] <= last


def _is_party(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """Return whether a name is that of a supplier ("adjudicada a", "provided by"), and not of what is bought."""
    before = dossier.folded_before(brand, _PARTY_REACH)
    return bool(_PARTY.search(before)) and not _IS_CALLED.search(before)


def _is_person(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """Return whether a name is the last name of a person with a title."""
    before = dossier.text_of(brand)[max(0, brand.start - _PERSON_REACH) : brand.start]
    return bool(_PERSON.search(before))


def _is_one_of_many(dossier: Dossier, name: Mention | NameMention, binding: Places) -> bool:
    """Return whether a name is one of many things in a long text, without words near it that bind the buyer to it."""
    return len(dossier.text_of(name)) >= LONG_TEXT and not binding.has_near(name, _BOUND_REACH)


def _is_administered(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """Return whether a name is only administered, in a text without its licence, support, maintenance or supply."""
    before = dossier.folded_before(brand, _ADMINISTERED_REACH)
    if not _ADMINISTERED.search(before):
        return False
    return brand.path not in _paths_of_supply(dossier)


def _is_taught(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """Return whether a product is only taught, in a text without its licence, support, maintenance or supply."""
    if brand.path in _paths_of_supply(dossier):
        return False
    return bool(dossier.reference.words.pattern("taught").search(dossier.folded_before(brand, _TAUGHT_REACH)))


@cached_fact
def _paths_of_supply(dossier: Dossier) -> frozenset[str]:
    """Return the paths of the texts that mention licences, maintenance or supply."""
    return frozenset(found.path for found in dossier.mentions_of(*UPKEEP, "supply"))


def _is_counted(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """
    Return whether a name is only part of the number after it: of an order (in thousands), an article or a ticket.

    An order number needs a word such as "Crl." before the name, or a text without licences, maintenance or supply.
    """
    after = dossier.folded_after(brand, _COUNT_REACH)
    if fold(brand.written).text == _TICKETS:
        return bool(_TICKET.match(after))
    before = dossier.folded_before(brand, _COUNT_REACH)
    if _ARTICLE_AFTER.match(after) or (_ARTICLE_BEFORE.search(before) and _ARTICLE.match(after)):
        return True
    if not _COUNT.match(after):
        return False
    return brand.path not in _paths_of_supply(dossier) or bool(_COUNTED.search(before))


def _is_own_code(dossier: Dossier, brand: Mention | NameMention) -> bool:
    """
    Return whether an unlisted name is that of the body's own system, which others are hired to develop further.

    A body that can have a system changed by others holds its code. This is not assumed if only one firm is asked, or
    if the method may allow that.
    """
    return (
        isinstance(brand, Mention)
        and brand.concept.startswith("unlisted_")
        and (dossier.process.tender.method in COMPETITIVE or not named_methods(dossier.process.tender))
        and not is_direct(dossier)
        and _is_developed(dossier, brand)
    )


def _is_developed(dossier: Dossier, brand: Mention) -> bool:
    before = dossier.folded_before(brand, 2 * _DEVELOPED_REACH)
    ends = [found.end() for found in _DEVELOPED.finditer(before)]
    return bool(ends) and len(before) - ends[-1] <= _DEVELOPED_REACH and not _LICENCES.search(before, ends[-1])
