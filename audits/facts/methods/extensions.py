"""Extensions of existing contracts, in the words of a record."""

import re

from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.purchases.scope import OBJECT_PARTS

# Maximum distance in characters of words that make an extension optional, and, after it, of what is extended.
_OPTION_REACH = 50
_INVITATION_REACH = 70
# Things that a tender has but a contract has not, after words for a day and short words only: "prorroga la fecha de
# apertura", "adenda ao edital", but not "prórroga del sistema de recepción" and "prorrogação conforme o edital".
# Prolonging "la licitación" moves its date; a "prórroga de la licitación" is of the resulting contract.
_OF_INVITATION = re.compile(
    r"\A\W{1,4}(?:la licitacion\b|"
    r"(?:(?:ao?s?|al?|d[aeo]s?|del|el|l[ao]s?|n[aor]?|os?|para|the|to|of|for|y|e|n?\d{1,5}|acto|aclaratoria|cierre|data|"
    r"date|day|deadline|dias?|entrega|fechas?|final|hora|limite|maxima|modificatoria|nro|numero|plazos?|prazos?|recebimento|"
    r"recepcion|tope)\W{1,4}){0,9}?"
    r"(?:abertura|apertura|bases(?! de da[dt]os)|bid(?:ding|s)?|caderno de encargos|closing|edital|ofertas|pliegos?|"
    r"presentacion|apresentacao|propostas|propuestas|sessao|submission|terminos de referencia)\b)"
)
# A contract whose words or names change, and not what is bought or for how long: "termo aditivo tem por objeto
# atualizar a redação", "modificatorio para corregir la razón social".
_WORDING_REACH = 110
_OF_WORDING = re.compile(
    r"\b(?:actualiz|alter|atualiz|cambi|corrig|correg|modific|rectific|retific|updat)\w+ (?:\w{1,3} )?"
    r"(?:bank details|dados bancarios|datos bancarios|denominac\w+|razao social|razon social|redac\w+|"
    r"representante legal|wording)\b"
)
# Before these the object is named: "suministro por un año y su prórroga", "fornecimento de concreto com aditivo".
_BOUGHT_BEFORE = re.compile(r"[,;]|\b(?:com|con|d[aeo]s?|del|en|em|para|por|mas|mais|que|for|of|with)\b")
_TITLE_REACH = 300


def extended_by_title(dossier: Dossier) -> str:
    """Return the opening words of a title about an extension; otherwise ``""``."""
    opening = (
        mention.written
        for mention in extensions(dossier)
        if mention.part == "title" and not _BOUGHT_BEFORE.search(dossier.folded_before(mention, _TITLE_REACH))
    )
    return next(opening, "")


def extensions(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions of an extension of a contract.

    Options of a new contract ("optional periods"), extensions of the invitation to tender and changes of mere words
    and names are left out.
    """
    mentions = dossier.mentions_of("contract_extension", parts=OBJECT_PARTS | GROUND_PARTS | {"amendment"})
    leaves_open = dossier.reference.words.pattern("optional")
    return tuple(
        mention
        for mention in mentions
        if not (
            leaves_open.search(dossier.folded_around(mention, _OPTION_REACH))
            and dossier.leaves_out(mention, "option_to_extend")
        )
        and not (
            _OF_INVITATION.match(dossier.folded_after(mention, _INVITATION_REACH))
            and dossier.leaves_out(mention, "of_the_invitation")
        )
        and not (
            _OF_WORDING.search(dossier.folded_after(mention, _WORDING_REACH))
            and dossier.leaves_out(mention, "of_wording")
        )
    )
