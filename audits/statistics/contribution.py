"""What one dossier adds to the figures of other processes: read from its texts and values alone."""

from msgspec import Struct

from audits.dossier import Dossier
from audits.matching.fold import fold_phrase
from audits.matching.lexicon import WEAK
from audits.matching.scope import OBJECT_PARTS
from audits.rules.readings import GROUND_PARTS
from contracts.ocds.views import Process

# How many leading digits of a code name the class: UNSPSC (and CUBSO, which begins with it) segment, family, class;
# CPV division, group, class. Codes of other schemes count whole.
_CLASS_DIGITS = {"UNSPSC": 6, "CUBSO": 6, "CPV": 4, "CPVS": 4}
_DEAD = frozenset({"cancelled", "unsuccessful"})
_TITLE_LENGTH = 200


class Contribution(Struct, frozen=True):
    """
    ``sectors``: the technology of the object. ``subjects``: the classes of its items (``UNSPSC:432226``), else its
    folded title (``title:servicio de nube``). ``is_gift``: it was given without price, as the texts say or a value of
    zero shows.
    """

    sectors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    is_gift: bool = False


def read_contribution(dossier: Dossier) -> Contribution:
    return Contribution(dossier.scope.sectors, _subjects(dossier.process), _is_gift(dossier))


def _subjects(process: Process) -> tuple[str, ...]:
    classes = set()
    for item in process.items():
        for classification in item.classifications:
            if classification.id:
                scheme = classification.scheme.upper()
                digits = "".join(letter for letter in classification.id if letter.isdigit())
                known = _CLASS_DIGITS.get(scheme)
                classes.add(f"{scheme}:{digits[:known] if known else classification.id}")
    if classes:
        return tuple(sorted(classes))
    title = fold_phrase(process.tender.title)[:_TITLE_LENGTH]
    return (f"title:{title}",) if title else ()


def _is_gift(dossier: Dossier) -> bool:
    process = dossier.process
    estimate = process.tender.value
    stages = [stage.value for stage in process.stages() if stage.status not in _DEAD]
    awarded = [value.amount for value in stages if value and value.amount is not None]
    if any(awarded) or (estimate and estimate.amount):
        return False
    if awarded:
        return True
    parts = OBJECT_PARTS | GROUND_PARTS
    if dossier.said("pilot_or_gift", parts=parts):
        return True
    # Of weak words ("comodato", "proyecto piloto") one alone says too little.
    return len({mention.term for mention in dossier.said("pilot_or_gift", parts=parts, strengths=(WEAK,))}) > 1
