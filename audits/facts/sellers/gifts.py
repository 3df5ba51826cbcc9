"""Gifts, loans for use and free pilots before the purchase, according to the record itself: read by T05 and T17."""

import re

from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import Evidence
from audits.matching.lexicon import Mention
from audits.matching.purchases.scope import OBJECT_PARTS
from audits.matching.texts.normalize import Folded, fold
from contracts.ocds.parsing.objects import Text

_FREE = r"(?:gratuit\w*|sin costo|sin cargo|sem custo|sem onus|free|at no cost|no cost|without charge)"
_TRIAL = r"(?:piloto|pilot|trial|prueba|teste|prova de conceito|proof of concept|demostracion|demonstracao)"
_LOAN = (
    r"(?:comodato|prestamo de uso|emprestimo|donacion|doacao|demostracion|demonstracao|prueba|teste|"
    r"pro[yj]e[ct]to[ -]piloto|plan piloto|piloto)"
)

_GIVEN = re.compile(
    r"\b(?:donad[oa]s?|doad[oa]s?|donated|gifted)\b"
    rf"|\b(?:cedid|entregad|entregue|prestad|emprestad|instalad|disponibilizad|facilitad)[oa]?s? (?:[\w-]+ ){{0,3}}"
    rf"(?:en|em|a titulo de|como|bajo|sob) (?:[\w-]+ ){{0,2}}{_LOAN}\b"
    rf"|\b{_TRIAL} (?:[\w-]+ ){{0,3}}{_FREE}\b|\b{_FREE} (?:[\w-]+ )?{_TRIAL}\b"
    r"|\b(?:lent|loaned)\b|\bsupplied on loan\b"
)
# Letter sequences that all of them contain: checking for these takes a fraction of the time, and most texts contain
# none.
_GIVEN_SIGNS = (
    *("comodato", "demo", "doa", "dona", "gifted", "lent", "loan", "pilot", "prestamo", "emprestimo", "proof of"),
    *("prova de", "prueba", "teste", "trial"),
)
_BOUGHT_AFTER = re.compile(
    r"\b(?:adquisicion|compra|aquisicao|contratacion|contratacao) definitiva\b"
    r"|\b(?:definitive|permanent|outright) (?:purchase|acquisition)\b"
    r"|\b(?:tras|luego de|despues de|posterior a|apos|depois de|following|after|continuidade? d[eoa]l?|"
    r"continuacion del?|continuacao d[oa]|continuation of|follow-on (?:from|to)) "
    rf"(?:[\w-]+[ -]){{0,4}}(?:{_TRIAL}|comodato|donacion|doacao|gift|donation|loan)\b"
    r"|\b(?:del?|al?|do|da|ao|pel[oa]|por|from|by)(?: (?:el|la|o|a|the))? (?:mism[oa]|mesm[oa]|same) "
    r"(?:proveedora?|fornecedora?|contratista|contratada|oferente|empresa|firma|compania|supplier|vendor|company|"
    r"contractor)\b"
)
# Givers that do not sell: governments, agencies, banks.
_OTHER_DONOR = re.compile(
    r"^[ ,]*(?:(?:en|em|in) \d{4} )?(?:por|pel[oa]s?|by|from) (?:[\w-]+ ){0,3}(?:gobierno|governo|government|embajada|"
    r"embaixada|embassy|union europea|uniao europeia|european union|agencia|agency|banco|bank|cooperacion|cooperacao|"
    r"bid|jica|koica|usaid|giz|onu|pnud|undp|fundacion|fundacao|foundation)\b"
)
_GIFT_WORD = re.compile(r"^(?:recursos de |fondos )?(?:don|doa|gift)")
_FROM_SELLER = re.compile(
    r"^[ ,]*(?:por |pel[oa]s? |by |from )?(?:el |la |o |a |the )?(?:mism[oa] |mesm[oa] |propi[oa] |propri[oa] |same )?"
    r"(?:proveedor|fornecedor|supplier|vendor|contratista|empresa (?:adjudicada|contratada|proveedora|fornecedora))"
)
_PARTS = OBJECT_PARTS | GROUND_PARTS
_AFTER_REACH = 80
_DONOR_REACH = 200


@cached_fact  # Called for each mention of a gift.
def gift_mentions(dossier: Dossier) -> tuple[Evidence, ...]:
    """
    Return mentions of a gift, a loan for use or a free pilot that this purchase follows.

    One text must say both: that something was given ("doado", "cedido en comodato", "piloto gratuito"), and that it is
    bought afterwards, or from the same supplier ("aquisição definitiva", "tras el piloto", "del mismo proveedor").
    Gifts of a government, an agency or a bank do not count.
    """
    if not dossier.holds_any_of(_GIVEN_SIGNS):
        return ()
    found: list[Evidence] = []
    for text in dossier.texts:
        if text.part in _PARTS:
            found.extend(_mentioned_in(dossier, text))
    return tuple(found)


def _mentioned_in(dossier: Dossier, text: Text) -> tuple[Evidence, ...]:
    folded = dossier.reference.fold_written(text.value)
    given = [
        match
        for match in _GIVEN.finditer(folded.text)
        if not (
            _OTHER_DONOR.match(folded.text[match.end() : match.end() + _DONOR_REACH])
            and dossier.leaves_out(_evidence(text, folded, *match.span(), "gift"), "given_by_others")
        )
    ]
    after = list(_BOUGHT_AFTER.finditer(folded.text)) if given else []
    if not after:
        return ()
    places = ((match, note) for matches, note in ((given, "gift"), (after, "purchase")) for match in matches)
    return tuple(_evidence(text, folded, match.start(), match.end(), note) for match, note in places)


def _evidence(text: Text, folded: Folded, start: int, end: int, note: str) -> Evidence:
    first, last = folded.span(start, end)
    return evidence_in(text, first, last, note)


def is_of_seller(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a word for a donation is about a gift by the supplier, not about external money."""
    if not _GIFT_WORD.match(fold(mention.written).text):
        return False
    if any(place.path == mention.path for place in gift_mentions(dossier)):
        return True
    after = dossier.folded_after(mention, _AFTER_REACH)
    if _FROM_SELLER.match(after):
        return True
    names = {fold(reference.name).text for reference in dossier.process.suppliers() if reference.name}
    return any(name in after for name in names)
