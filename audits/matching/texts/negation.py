"""
Whether a mention is negated: "no incluye reconocimiento facial", "sem câmeras", "video analytics are excluded".

A cue applies up to the end of its clause. Short cues ("sin", "sem", "without") apply only to what follows directly: in
"sin costo para las cámaras" the cameras are not negated.
"""

import re

# Range of a cue, in characters of folded text.
REACH_BEFORE = 90
REACH_AFTER = 40

_CLAUSE_END = re.compile(r"[.;:!?\n]|\b(sino|pero|mas|porem|but|however|aunque|embora|salvo|excepto|exceto)\b")
_FAR_CUES = re.compile(
    r"\b("
    r"no (se )?(incluye|incluyen|incluira|incluiran|incluyendo|contempla|contemplan|comprende|comprenden|considera|"
    r"consideran|abarca|requiere|requieren|utiliza|utilizara|usara|instalara|adquiere|adquirira|preve|permite|"
    r"forma parte|forman parte|contara con|tendra)|"
    r"no (esta|estan|estara|estaran) (incluid|contemplad|previst)[oa]s?|"
    r"(excluye|excluyen|excluyendo|excluid[oa]s?|exceptuando|a excepcion de|con excepcion de|queda excluid[oa])|"
    r"nao (se )?(inclui|incluem|incluira|contempla|contemplam|compreende|considera|abrange|preve|requer|exige|utiliza|"
    r"utilizara|faz parte|fazem parte|tera|permite)|"
    r"nao (esta|estao) (incluid|contemplad|previst)[oa]s?|"
    r"(exclui|excluem|excluindo|excluid[oa]s?|com excecao de|excetuad[oa]s?)|"
    r"(does|do|will|shall|must) not (include|cover|comprise|involve|use|require|provide|contain|permit|have)|"
    r"not (including|included|covered|comprising)|excludes?|excluding|exclusive of|with the exception of|other than"
    r")\b"
)
_NEAR_CUE = re.compile(
    r"\b(sin|sem|without|ni|nem|nor|salvo|excepto|exceto|except|except for|ningun|ninguna|nenhum|nenhuma|"
    # Something that does not exist yet may be what is bought, but this place does not say so.
    r"(with|has|have|had|is|are) no|lack|lacks|lacking|(carece|carecen|carente|carentes) de|"
    r"no (tiene|tienen|posee|poseen)|no (cuenta|cuentan) con|no (dispone|disponen) de|"
    r"nao (tem|possui|possuem)|nao (dispoe|dispoem) de)"
    r"( (el|la|los|las|o|a|os|as|de|del|do|da|un|una|um|uma|any|the|of|ningun tipo de|qualquer tipo de|"
    r"uso de|el uso de|o uso de|use of|the use of|funcion de|funciones de|funcao de|funcoes de|tecnologia de|"
    r"capacidad de|capacidade de|sistemas? de|software de|modulos? de|servicios? de|servicos? de))*[ (\"']*$"
)
# The last words of the cues above.
_ENDS = (
    "sin sem without ni nem nor salvo excepto exceto except for no ningun ninguna nenhum nenhuma el la los las o a os "
    "as de del do da un una um uma any the of lack lacks lacking tiene tienen posee poseen con tem possui possuem"
)
_NEAR_ENDS = frozenset(_ENDS.split())
_AFTER_CUES = re.compile(
    r"^[ )\"':,]*+("
    r"(que )?(no|nao) (esta|estan|estara|estao|se|sera|seran|serao)?\s?"
    r"(incluid|contemplad|considerad|previst|incluye|incluira|inclui|contempla|aplica|requiere|requerid)\w*|"
    r"(queda|quedan|fica|ficam)? ?(excluid|exceptuad)[oa]s?|"
    r"(is|are|was|were|will be|shall be|be)? ?(not included|excluded|not required|not covered|not part of)|"
    r"(is|are) not (included|required|covered|part of))"
)


# What permits nothing, by language: "no" is "in the" in Portuguese. What follows "no" and "without" may permit it all
# the same: "licencia no exclusiva", "sin límite de tiempo".
_DENIALS = {
    "es": re.compile(
        r"\b(?:prohib\w*|vedad[oa]s?|absten\w*|abster\w*|impedid[oa]s?|ni|nunca|jamas|tampoco|ningun[oa]?|"
        r"no(?! (?:exclusiv|transferi|sublicenci|se limit|limit|obstante|solo|permit\w* (?:la )?identific))|"
        r"sin(?! (?:embargo|limit|restric|cost|carg|pago|perjuicio|que ello|identific|posibilidad de identific)))\b"
    ),
    "pt": re.compile(
        r"\b(?:proib\w*|vedad[oa]s?|absten\w*|abster\w*|impedid[oa]s?|nem|nunca|jamais|tampouco|nenhuma?|"
        r"nao(?! (?:exclusiv|transferi|sublicenci|se limit|limit|obstante|so |somente|apenas|"
        r"permit\w* (?:a )?identific))|"
        r"sem(?! (?:limit|restric|cust|onus|pagamento|prejuizo|que isso|(?:qualquer )?identific)))\b"
    ),
    "en": re.compile(
        r"\b(?:cannot|prohibit\w*|forbid\w*|refrain\w*|neither|never|nor|"
        r"(?:not|non)(?! (?:exclusive|transferable|sublicens|limit|restrict|only|identif|less|later))|"
        r"(?:no|without)(?! (?:limit|restrict|cost|charge|payment|prejudice|less|later)))\b"
    ),
}


# Letter sequences that every cue contains. Most texts contain none, and need no closer check.
NEGATION_MARKERS = frozenset(
    (
        *(" no ", "nao ", " sin ", " sem ", "without", "with no ", " ni ", "nem ", " nor ", " not ", "salv", "except"),
        *("excet", "excl", "other than", "ningun", "nenhum", "lack", "carec", "carent", "has no", "have no", "had no"),
        *("is no ", "are no "),
    )
)


def is_negated(folded: str, start: int, end: int) -> bool:
    """
    Return whether the text from ``start`` to ``end`` of a folded text is negated.

    A term that itself begins with a negation ("sin alternativas equivalentes") is not negated by its own words.
    """
    before = folded[max(0, start - REACH_BEFORE) : start]
    if before:
        if _may_be_near(before) and _NEAR_CUE.search(before):
            return True
        if _may_be_far(before) and _FAR_CUES.search(before) and _FAR_CUES.search(before[_last_clause_end(before) :]):
            return True
    return bool(_AFTER_CUES.match(folded[end : end + REACH_AFTER]))


def is_denied(before: str, wording: str, language: str) -> bool:
    """
    Return whether a sentence denies what a wording of it permits, in the wording or before it.

    :param before: the sentence up to the wording, folded
    :param wording: the words from the first to the last that the wording needs: "supplier shall never use the data"
    :param language: that of the wording
    """
    before = before[-REACH_BEFORE:]
    return any(says_denial(part, language) for part in (wording, before[_last_clause_end(before) :]))


def says_denial(folded: str, language: str) -> bool:
    """Return whether a text contains words that deny something."""
    return bool(_DENIALS[language].search(folded))


def _may_be_near(before: str) -> bool:
    """Return whether the word before a mention can end ``_NEAR_CUE``, at a tenth of its cost."""
    word = before.rstrip(" (\"'").rpartition(" ")[2]
    return word in _NEAR_ENDS or not word.isalnum()


def _may_be_far(before: str) -> bool:
    """Return whether the text contains the letters of any of ``_FAR_CUES``, at a tenth of their cost."""
    return "no " in before or "exc" in before or "nao " in before or "not " in before or "other than" in before


def _last_clause_end(before: str) -> int:
    last = 0
    for match in _CLAUSE_END.finditer(before):
        # The colon of "no incluye: cámaras" continues the cue.
        if match.group() == ":" and _FAR_CUES.search(before[max(0, match.start() - 20) : match.start()]):
            continue
        last = match.end()
    return last
