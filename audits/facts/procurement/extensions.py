"""Extensions of a contract that stands, as the words of a record tell of them."""

from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.scope import OBJECT_PARTS
from audits.matching.words import OPTIONAL

# How many characters around an extension what leaves it open is looked for.
_OPTION_REACH = 50


def extensions(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of an extension, but for those that a new contract leaves open ("optional periods")."""
    said = dossier.mentions_of("contract_extension", parts=OBJECT_PARTS | GROUND_PARTS | {"amendment"})
    leaves_open = dossier.reference.words.pattern(OPTIONAL)
    return tuple(
        mention
        for mention in said
        if not (
            leaves_open.search(dossier.folded_around(mention, _OPTION_REACH))
            and dossier.leaves_out(mention, "option_to_extend")
        )
    )
