"""Extensions of a contract that stands, as the words of a record tell of them."""

import re

from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.scope import OBJECT_PARTS

# What leaves an extension open, and how many characters around it this is looked for.
_OPTIONAL = re.compile(
    r"\b(?:option(?:s|al|ally)?|may be|possib\w+|potential|subject to|opcional(?:es|mente)?|opcion(?:es)?|opcao|"
    r"opcoes|podran?|podera|poderao|posib\w+|possiv\w+|prorrogable|prorrogavel|sujet[ao]s? a)\b"
)
_OPTION_REACH = 50


def extensions(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of an extension, but for those that a new contract leaves open ("optional periods")."""
    said = dossier.mentions_of("contract_extension", parts=OBJECT_PARTS | GROUND_PARTS | {"amendment"})
    return tuple(
        mention
        for mention in said
        if not (
            _OPTIONAL.search(dossier.folded_around(mention, _OPTION_REACH))
            and dossier.leaves_out(mention, "option_to_extend")
        )
    )
