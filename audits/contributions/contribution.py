"""The contribution of one dossier to the figures of other processes, from its texts and values alone."""

import logging

from msgspec import Struct

from audits.contributions.participation import Participant, read_participants
from audits.facts.competition.price_gaps import price_gaps
from audits.facts.methods.procedures import is_no_choice
from audits.facts.methods.small_purchases import costs_trifles, is_small_amount
from audits.facts.publisher_practice import LITTLE_KNOWN
from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.habits import read_habits
from audits.judging.rule.vocabulary import InsufficientDataError, NotApplicableError, OutcomeKind
from audits.judging.rule_set import BoundRule, Outcome, RuleSet
from audits.matching.lexicon import WEAK
from audits.matching.purchases.scope import OBJECT_PARTS
from audits.matching.texts.normalize import fold_phrase
from contracts.ocds.codelists.codes import CANCELLED
from contracts.ocds.parsing.objects import Process, digits_of
from contracts.postgres.isolating import INTERRUPTIONS

logger = logging.getLogger(__name__)

# Numbers of leading digits of a code that identify its class: UNSPSC (and CUBSO, which begins with it) segment,
# family, class; CPV division, group, class. Codes of other schemes are used as a whole.
_CLASS_DIGITS = {"UNSPSC": 6, "CUBSO": 6, "CPV": 4, "CPVS": 4}
_TITLE_LENGTH = 200


class Contribution(Struct, frozen=True, gc=False):
    """
    ``sectors``: the technology of the object. ``subjects``: the classes of its items (``UNSPSC:432226``), else its
    folded title (``title:servicio de nube``). ``is_gift``: it was given free of charge, according to the texts or a
    value of zero. ``price_gaps``, ``gives``, ``lacks`` and ``habits``: see ``audits.models.Observation``.
    ``participants``: see ``audits.models.Participation``.
    """

    sectors: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    is_gift: bool = False
    price_gaps: tuple[float, ...] = ()
    gives: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    habits: tuple[str, ...] = ()
    participants: tuple[Participant, ...] = ()


NOTHING = Contribution()


def read_contribution(dossier: Dossier, rule_set: RuleSet, compiled_release: str) -> Contribution:
    """
    Read a dossier without statistics.

    :param compiled_release: the text that the dossier was read from
    :param rule_set: the rule set of its country, whose parameters define which prices may be compared
    """
    practices = {
        bound.rule.code: bound.judge(dossier, interruptions=INTERRUPTIONS)
        for bound in rule_set.reading("publisher_practice")
    }
    return Contribution(
        sectors=dossier.sectors,
        subjects=_subjects(dossier.process),
        is_gift=_is_gift(dossier),
        price_gaps=next((_price_gaps(dossier, bound) for bound in rule_set.reading("price_gap_fence")), ()),
        gives=tuple(code for code, outcome in practices.items() if outcome.kind is OutcomeKind.CLEAR),
        lacks=tuple(code for code, outcome in practices.items() if _lacks(outcome)),
        habits=read_habits(dossier),
        participants=read_participants(
            dossier.process,
            compiled_release,
            is_no_choice=is_no_choice(dossier) or is_small_amount(dossier.process) or costs_trifles(dossier.process),
        ),
    )


def _lacks(outcome: Outcome) -> bool:
    """Return whether the field is missing: without figures of the source, some rules do not report that."""
    return outcome.kind is OutcomeKind.FLAGGED or outcome.reason == LITTLE_KNOWN


def _price_gaps(dossier: Dossier, bound: BoundRule) -> tuple[float, ...]:
    if not dossier.process.bids:
        return ()
    try:
        gaps = price_gaps(
            dossier,
            only=bound.parameters["price_comparison_methods"],
            but=bound.parameters["no_price_comparison_methods"],
        )
    except (InsufficientDataError, NotApplicableError):
        return ()
    except INTERRUPTIONS:
        raise  # a worker that ran out of time or memory says nothing about the record
    except Exception:
        # The rule with the same question fails too, and its outcome says so; other records must not be affected.
        logger.exception("The price gaps of a record could not be computed.")
        return ()
    return tuple(sorted(gap.ratio for gap in gaps))


def _subjects(process: Process) -> tuple[str, ...]:
    classes = set()
    for item in process.items():
        for classification in item.classifications:
            if classification.id:
                scheme = classification.scheme.upper()
                known = _CLASS_DIGITS.get(scheme)
                classes.add(f"{scheme}:{digits_of(classification.id)[:known] if known else classification.id}")
    if classes:
        return tuple(sorted(classes))
    title = fold_phrase(process.tender.title)[:_TITLE_LENGTH]
    return (f"title:{title}",) if title else ()


def _is_gift(dossier: Dossier) -> bool:
    process = dossier.process
    estimate = process.tender.value
    stages = [stage.value for stage in process.stages() if stage.status not in CANCELLED]
    awarded = [value.amount for value in stages if value and value.amount is not None]
    if any(awarded) or (estimate and estimate.amount):
        return False
    if awarded:
        return True
    parts = OBJECT_PARTS | GROUND_PARTS
    if dossier.mentions_of("pilot_or_gift", parts=parts):
        return True
    # A single weak word ("comodato", "proyecto piloto") is not enough.
    return len({mention.term for mention in dossier.mentions_of("pilot_or_gift", parts=parts, strengths=(WEAK,))}) > 1
