"""Grounds cited by article of a law or by a publisher's code, or named by the method."""

import re
from collections.abc import Collection, Iterable, Iterator

from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import GROUND_PARTS, READ_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import Evidence
from audits.matching.laws.citations import Citation
from audits.matching.laws.grounds import KINDS
from audits.matching.lexicon import BOTH, WEAK, Mention
from audits.matching.purchases.scope import OBJECT_PARTS
from audits.matching.texts.normalize import fold
from contracts.ocds.codelists.codes import NON_COMPETITIVE
from contracts.ocds.parsing.objects import Text

_ARTICLE = re.compile(r"§ ?\d|\bart(?:s?\.|[íi]culos?|igos?|icles?) ?\d", re.IGNORECASE)
# What information is the object of, and how it is marked: not a ground to buy in secret.
_DEALT_WITH = re.compile(
    r"\b(?:ambito|gestao|gestion|manejo|proteccion|protecao|seguranca|seguridad|tratamento|tratamiento) "
    r"(?:d[ae]|de la) $|, d[ae](?: la)? $"
)
# A duty to respond to emergencies: "para la atención en situaciones de emergencia". A declared emergency is a ground,
# also for a response: "en atención a la situación de emergencia".
_EMERGENCIES = re.compile(r"\b(?:emergencias|emergencies|situaciones|situacoes|situations)\b")
_ATTENDED = re.compile(
    r"\b(?:actuacion|alertas?|asistencia|atencion|atender|atendimento|avisos?|manejo|respond\w+|responder|response|"
    r"resposta|respuesta) "
    r"(?:\w+ ){0,3}$"
)
_SCHEME = re.compile(r" (?:guid\w+|polic(?:ies|y)|schemes?|systems?)\b")
# Words that make a ground part of a body's name: "Licitación Abreviada 76/2025 Ministerio de Defensa Nacional".
_OFFICE = re.compile(r"\b(?:instituto|ministerio|ministry|secretaria) (?:d[ae] |del |of )?(?:la )?$")
_BEFORE_REACH = 40
# A word alone between full stops marks the whole record: “Equipment of the network. CONFIDENTIAL. See annex”.
_OPENED = re.compile(r"(?:^|[.:;(\[\"“”«»])[ \"“”«]*$")
_CLOSED = re.compile(r"^[ \"“”»]*(?:$|[.;)\]])")
_MARK = re.compile(r"(?:confiden|secret|classified)")
_MARK_REACH = 3
_PARTS = OBJECT_PARTS | GROUND_PARTS
_NAMED = (
    "exclusivity",
    "compatibility_only",
    "proprietary_licence",
    "maintenance_by_vendor",
    "state_of_emergency",
    "national_security_exemption",
    "confidentiality_clause",
    "secrecy_ground",
    "special_regime",
    "mou_bilateral",
    # One kind of direct award is itself a ground: "inexigibilidade", competition is impossible.
    "direct_route",
)


@cached_fact
def cited_grounds(dossier: Dossier, kinds: Collection[str] = KINDS) -> tuple[Evidence, ...]:
    """Return where the object or method cites grounds of ``kinds``, each once, with article and subject as note."""
    wanted = set(kinds)
    return _evidence(found for found in dossier.citations if not wanted.isdisjoint(found[1].kinds))


def cited_reasons(dossier: Dossier) -> tuple[Evidence, ...]:
    """Return where a ground is cited that gives a reason, not only an exceptional procedure."""
    return _evidence(found for found in dossier.citations if found[1].is_justification)


def cited_exceptions(dossier: Dossier) -> tuple[Evidence, ...]:
    """Return the reasons that hold whatever the amount."""
    return _evidence(
        found for found in dossier.citations if found[1].is_justification and "small_value" not in found[1].kinds
    )


def named_grounds(dossier: Dossier) -> Iterator[Evidence]:
    """Yield the grounds in the name of the method; "convenio marco" is a way of buying, not a ground."""
    for mention in dossier.mentions_of(*_NAMED, parts={"method"}, strengths=BOTH):
        place = dossier.evidence(mention)
        after = fold(str(place.value)[mention.end :]).text
        if mention.concept == "direct_route" and not mention.written.lower().startswith("inexigib"):
            continue
        if mention.concept != "mou_bilateral" or "marco" not in (mention.written.lower() + after[:6]):
            yield place


def is_no_ground(dossier: Dossier, mention: Mention) -> bool:
    """Return whether words for a ground are part of a body's name, or about information, its mark, or a response."""
    before = dossier.folded_before(mention, _BEFORE_REACH)
    if mention.part in GROUND_PARTS:
        return bool(_OFFICE.search(before))
    after = dossier.folded_after(mention, _BEFORE_REACH)
    is_object = mention.part in OBJECT_PARTS and fold(mention.written).text.startswith("informac")
    is_duty = (
        mention.part in OBJECT_PARTS and _EMERGENCIES.search(fold(mention.written).text) and _ATTENDED.search(before)
    )
    return bool(_SCHEME.match(after)) or (is_object and bool(_DEALT_WITH.search(before))) or bool(is_duty)


def marks_of_secrecy(dossier: Dossier) -> Iterator[Mention]:
    """Yield words of secrecy that mark titles and descriptions, rather than describe the object."""
    for mention in dossier.mentions_of("secrecy_ground", parts=OBJECT_PARTS, strengths=(WEAK,)):
        before, after = dossier.folded_before(mention, _MARK_REACH), dossier.folded_after(mention, _MARK_REACH)
        if _MARK.match(fold(mention.written).text) and _OPENED.search(before) and _CLOSED.search(after):
            yield mention


@cached_fact
def is_direct(dossier: Dossier) -> tuple[Evidence, ...]:
    """Return the places that say that competition was limited or absent."""
    tender = dossier.process.tender
    found = []
    if tender.method in NON_COMPETITIVE:
        found.append(Evidence(f"{tender.path}/procurementMethod", tender.method, note="procurementMethod"))
    found.extend(
        dossier.evidence(mention)
        for mention in dossier.mentions_of(
            "direct_route", "special_regime", "exclusivity", parts=GROUND_PARTS | OBJECT_PARTS
        )
    )
    return tuple(found)


def articles_of_grounds(dossier: Dossier) -> str:
    """Return the articles in which the general laws of the country list grounds; ``""`` if none is on record."""
    return "; ".join(dossier.reference.citations.articles(dossier.process.country, dossier.law_day))


def articles_named(dossier: Dossier) -> Iterator[Evidence]:
    """
    Yield unknown articles or sections of a law: "(art. 42)", "§ 9-4".

    In the name of the method any article belongs to procurement law; in titles and descriptions only if no law of the
    country is on record, because otherwise its articles are known.
    """
    known = dossier.reference.citations.knows(dossier.process.country)
    parts = {"method"} if known else {"method", *READ_PARTS}
    for text in dossier.texts:
        if text.part in parts and (match := _ARTICLE.search(text.value)):
            yield evidence_in(text, *match.span(), "article")


def _evidence(cited: Iterable[tuple[Text, Citation]]) -> tuple[Evidence, ...]:
    found: dict[str, Evidence] = {}
    for text, citation in cited:
        if text.part in _PARTS:
            note = f"{citation.label}: {', '.join(citation.kinds)}"
            found.setdefault(citation.label, evidence_in(text, citation.start, citation.end, note))
    return tuple(found.values())
