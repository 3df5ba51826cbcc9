"""What the texts of a record tell, of what is bought and for whom, and what its buyers are called."""

import re

from audits.facts.technology import TOLD_PARTS
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
from audits.matching.normalize import fold


@worked_out_once  # asked for each of the mentions of a text, of which a long one has thousands
def tells(dossier: Dossier, words: re.Pattern[str]) -> bool:
    """Tell whether titles, descriptions and items hold words; the pattern is of folded text."""
    return any(words.search(dossier.reference.fold(text).text) for text in dossier.texts if text.part in TOLD_PARTS)


@worked_out_once
def is_called(dossier: Dossier, words: re.Pattern[str]) -> bool:
    """Tell whether the name of a buyer, or of the body that it is a unit of, holds words; of the folded name."""
    return any(words.search(fold(party.name).text) for party in dossier.public_parties)
