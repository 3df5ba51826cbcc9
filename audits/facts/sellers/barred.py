"""Things that bidders may not offer according to a text: "no se aceptan equipos de …", "… equipment is prohibited"."""

import re

from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.organizations.watchlist import NameMention
from audits.matching.texts.normalize import fold

_BARRED = re.compile(
    r"\b(?:banned|barred|excluy\w+|prohib\w+|proib\w+|vedad[ao]s?|"
    r"not (?:be )?(?:accept\w+|allow\w+|permit\w+)|"
    r"no (?:se )?(?:acepta|admit|permit)\w*|no seran? (?:acepta|admit|permit)\w+|"
    r"nao (?:se )?(?:aceita|admit|permit)\w*|nao sera[o]? (?:aceit|admit|permit)\w+|"
    r"no [^.;]{1,80} (?:are|be|is) (?:accept\w+|allowed|permitted|used))\b"
)
# If only alternatives are barred, the named thing is required: "no se aceptan equivalentes a …".
_OTHERS = re.compile(
    r"\b(?:alternativ|different|diferent|distint|equival|other|otr[ao]s?|outr[ao]s?|simil|substitut|sustitut)"
)
_STOP = re.compile(r"[.;\n](?=\s|$)")
# Maximum distance in characters of the sentence around a mention.
_REACH = 160


def is_barred(dossier: Dossier, mention: Mention | NameMention) -> bool:
    """Return whether the sentence of a mention says that it may not be offered."""
    value = dossier.text_of(mention)
    before = _STOP.split(value[max(0, mention.start - _REACH) : mention.start])[-1]
    after = _STOP.split(value[mention.end : mention.end + _REACH], maxsplit=1)[0]
    sentence = fold(f"{before}{mention.written}{after}").text
    return bool(_BARRED.search(sentence)) and not _OTHERS.search(sentence)
