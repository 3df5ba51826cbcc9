"""
A rule set judges a dossier: every rule has exactly one outcome, and a failing rule does not stop the others.

Pure: the same dossier under the same rule set always has the same outcomes.
"""

import hashlib
import json
import logging
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from msgspec import Struct, structs, to_builtins

from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.dossiers.process import Dossier
from audits.judging.dossiers.unread import UnreadDossier, UnreadError
from audits.judging.figures.bounds import Beside, Bounds, BoundsInForce, reduced_figure
from audits.judging.figures.habits import AS_MOST, HABITS
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.evidence import with_places, without_repeats
from audits.judging.rule.readings import trial_figures
from audits.judging.rule.vocabulary import (
    ON_TRIAL,
    READER_PARAMETER,
    Context,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    OutcomeKind,
    Rule,
    Severity,
)
from contracts.ocds.codelists.exchange import rates_digest
from contracts.ocds.parsing.parse import READING_VERSION

logger = logging.getLogger(__name__)

_as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str).encode


def as_json(mapping: Mapping[str, Any]) -> str:
    """Return values of a sentence, or parameters, as stored with flags."""
    return _as_json(to_builtins(dict(mapping)))


def is_withheld(kind: str, reason: str) -> bool:
    """Return whether an outcome, by its kind and reason, withholds a finding: other clear outcomes have no reason."""
    return kind == OutcomeKind.CLEAR and bool(reason)


class Outcome(Struct, frozen=True, gc=False):
    """
    The result of a rule.

    ``reason`` is the code of why it did not judge, filled by ``values``; for a failed rule, the class of the error. A
    clear outcome has a reason if findings were withheld, a flagged one if they are only context. ``field`` is the
    missing field of ``insufficient_data``.
    """

    code: str
    kind: OutcomeKind
    reason: str = ""
    field: str = ""
    values: Mapping[str, Any] = {}
    findings: tuple[Finding, ...] = ()

    @property
    def is_withheld(self) -> bool:
        return is_withheld(self.kind, self.reason)

    @property
    def answer(self) -> "Answer":
        """Return the form stored with an audit."""
        return Answer(self.kind, self.reason, self.values, self.field)


class Answer(Struct, frozen=True, omit_defaults=True, gc=False):
    """An outcome without code and findings; empty members are left out of its JSON."""

    kind: OutcomeKind
    reason: str = ""
    values: Mapping[str, Any] = {}
    field: str = ""


@dataclass(frozen=True)
class BoundRule:
    """A rule with the parameters in force."""

    rule: Rule
    parameters: Mapping[str, Any]

    @cached_property
    def arguments(self) -> Mapping[str, Any]:
        """Return the parameters that the rule's function takes."""
        beside = (READER_PARAMETER, ON_TRIAL)
        return {name: value for name, value in self.parameters.items() if name not in beside}

    @cached_property
    def stored_parameters(self) -> str:
        """Return the parameters as stored with flags: JSON."""
        return as_json(self.parameters)

    @cached_property
    def habits(self) -> tuple[str, ...]:
        return self.rule.habits

    def bounds_in_force(self, figure: str) -> BoundsInForce:
        """Return how the rule reads a figure: its bounds, with the values of their parameters."""
        bounds = self.rule.bounds[figure]
        least, needs = self._values(bounds.least), self._values(bounds.needs)
        beside = None
        if bounds.beside:
            other = self.rule.bounds.get(bounds.beside, Bounds())
            beside = Beside(bounds.beside, self._values({**other.needs, **other.least}))
        return BoundsInForce(least, needs, bounds.values_read, bounds.always, beside)

    def _values(self, named: Mapping[str, str]) -> dict[str, Any]:
        return {member: self.parameters[parameter] for member, parameter in named.items()}

    def judge(
        self,
        dossier: Dossier | OrganizationDossier,
        *,
        interruptions: tuple[type[Exception], ...] = (MemoryError,),
        may_withhold: bool = True,
    ) -> Outcome:
        """
        Return the outcome of the rule.

        :param may_withhold: whether exclusions and the classifier apply; otherwise findings that they would withhold
            are flagged
        :param interruptions: errors unrelated to rule or dossier, which are raised again
        """
        outcome = self._judge(dossier, interruptions, may_withhold=may_withhold)
        if dossier.asides and isinstance(dossier, Dossier):
            is_shown = outcome.kind in {OutcomeKind.FLAGGED, OutcomeKind.FAILED} or outcome.is_withheld
            if self.rule.has_two_keys and not is_shown:
                outcome = self._beside_exclusions(dossier, outcome, interruptions, may_withhold=may_withhold)
            dossier.asides.clear()
        return outcome

    def _beside_exclusions(
        self,
        dossier: Dossier,
        outcome: Outcome,
        interruptions: tuple[type[Exception], ...],
        *,
        may_withhold: bool,
    ) -> Outcome:
        """
        Return what the rule would flag without exclusions, as withheld by the first exclusion of a cited place.

        :returns: ``outcome`` if nothing would be flagged
        """
        held = self._judge(dossier.without_exclusions, interruptions, may_withhold=False)
        if held.kind is not OutcomeKind.FLAGGED:
            return outcome
        if not may_withhold:
            return held
        cited = {(place.path, place.start) for finding in held.findings for place in finding.evidence}
        asides = dossier.asides
        reason, found = next((aside for aside in asides if (aside[1].path, aside[1].start) in cited), asides[0])
        place = found if isinstance(found, Evidence) else dossier.evidence(found)
        return Outcome(self.rule.code, OutcomeKind.CLEAR, reason, values={"words": place.passage})

    def _judge(
        self,
        dossier: Dossier | OrganizationDossier,
        interruptions: tuple[type[Exception], ...],
        *,
        may_withhold: bool,
    ) -> Outcome:
        code = self.rule.code
        try:
            return self._outcome(dossier, may_withhold=may_withhold)
        except NotApplicableError as answer:
            return Outcome(code, OutcomeKind.NOT_APPLICABLE, answer.reason, values=answer.values)
        except InsufficientDataError as answer:
            return Outcome(code, OutcomeKind.INSUFFICIENT_DATA, answer.reason, answer.field, answer.values)
        except interruptions:
            raise
        except Exception as error:
            # The audit names the record. The log does not: its time would show when a record sent by the form arrived.
            logger.exception("Rule %s failed.", code)
            return Outcome(code, OutcomeKind.FAILED, type(error).__name__)

    def _outcome(self, dossier: Dossier | OrganizationDossier, *, may_withhold: bool) -> Outcome:
        code = self.rule.code
        # If the record was not loaded, the rule judged it before, see ``by_figures``.
        if self.rule.applies and not isinstance(dossier, UnreadDossier):
            self.rule.applies(dossier)
        findings = tuple(self.rule.judge(dossier, **self.arguments))
        if isinstance(dossier, Dossier):  # A figure about an organization cites everything counted.
            findings = tuple(_as_shown(finding, dossier) for finding in findings)
            if findings and may_withhold and self.rule.has_two_keys:
                withheld = dossier.withheld(self.parameters[READER_PARAMETER])
                if withheld:
                    return Outcome(code, OutcomeKind.CLEAR, withheld.reason, values=withheld.values)
            if self.habits:
                findings = self._beside_habits(findings, dossier)
        if self.rule.on_trial and self.parameters[ON_TRIAL]:
            findings = _in_context(findings, Context(ON_TRIAL, trial_figures(code)))
        if not findings:
            return Outcome(code, OutcomeKind.CLEAR)
        contexts = [finding.context for finding in findings if finding.context]
        if len(contexts) < len(findings):
            return Outcome(code, OutcomeKind.FLAGGED, findings=findings)
        return Outcome(code, OutcomeKind.FLAGGED, contexts[0].reason, values=contexts[0].values, findings=findings)

    def _beside_habits(self, findings: tuple[Finding, ...], dossier: Dossier) -> tuple[Finding, ...]:
        """
        Remove findings about what most records of the source do, because the field means something else there.

        :returns: the findings, with the habit as their context if it may be one of the buyers
        :raises InsufficientDataError: if the record has a common habit of its source that makes the question pointless
        """
        habits = dossier.statistics.source_habits or {}
        for name in self.habits:
            if name in habits:
                field = HABITS[name].field
                values = {"habit": name, "share": f"{habits[name].share:.0%}", "number": habits[name].n}
                if not HABITS[name].may_be_of_buyers:
                    raise InsufficientDataError(field, AS_MOST, **values)
                context = Context(AS_MOST, {"field": field, **values})
                findings = _in_context(findings, context)
        return findings

    def severity(self, finding: Finding) -> Severity:
        return self.rule.severity_of(finding)

    def severity_judged(self, finding: Finding) -> Severity:
        """Return the severity that people judge: what they decided stands when a trial begins or ends."""
        is_on_trial = finding.context is not None and finding.context.reason == ON_TRIAL
        return self.severity(structs.replace(finding, context=None) if is_on_trial else finding)


def _in_context(findings: Iterable[Finding], context: Context) -> tuple[Finding, ...]:
    """Return findings that are context for this reason, unless there is one already."""
    return tuple(structs.replace(finding, context=finding.context or context) for finding in findings)


def _as_shown(finding: Finding, dossier: Dossier) -> Finding:
    """Return a finding for people: each interval of text once, up to a limit, with positions in documents."""
    bounded = structs.replace(finding, evidence=without_repeats(finding.evidence)).bounded()
    return structs.replace(bounded, evidence=with_places(bounded.evidence, dossier.documents))


class MadeOf(Struct, frozen=True):
    """What the digest of a rule set is made of, beside its rules; digests in hex."""

    reference_digest: str
    reading_version: int
    exchange_rates_digest: str


class RuleSet:
    """
    Rules with the parameters in force, and a digest of everything that can change an outcome.

    :param rules: the rules
    :param parameters: rule code → parameters that differ from the defaults
    :param off: codes of rules that are switched off
    :param reference_digest: digest of the reference data
    :raises TypeError: if a rule does not have a parameter
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        off: Iterable[str] = (),
        reference_digest: str = "",
    ) -> None:
        overrides = parameters or {}
        left_out = set(off)
        bound = []
        for rule in sorted(rules, key=lambda rule: rule.code):
            unknown = set(overrides.get(rule.code, {})) - set(rule.parameters)
            if unknown:
                raise TypeError(f"rule {rule.code} has no parameter {', '.join(sorted(unknown))}")
            if rule.code not in left_out:
                bound.append(BoundRule(rule, {**rule.parameters, **overrides.get(rule.code, {})}))
        self.rules = tuple(bound)
        self._reading: dict[str, tuple[BoundRule, ...]] = {}
        self.by_code = {entry.rule.code: entry for entry in bound}
        identity = [[entry.rule.code, entry.rule.version, dict(entry.parameters)] for entry in bound]
        self.made_of = MadeOf(reference_digest, READING_VERSION, rates_digest())
        text = json.dumps([identity, *structs.astuple(self.made_of)], sort_keys=True, default=str)
        self.digest = hashlib.sha256(text.encode()).digest()

    def reads(self) -> frozenset[str]:
        """Return the names of the figures that the rules read."""
        return frozenset().union(*(entry.rule.reads for entry in self.rules))

    def reading(self, figure: str) -> tuple[BoundRule, ...]:
        """Return the rules that read a figure."""
        if figure not in self._reading:
            self._reading[figure] = tuple(entry for entry in self.rules if figure in entry.rule.reads)
        return self._reading[figure]

    def reduced(self, figures: ProcessFigures) -> ProcessFigures:
        """Return figures reduced to what these rules can distinguish, see ``audits.judging.figures.bounds``."""
        reduced: dict[str, Any] = {}
        for name, bounds in self.bounds.items():
            figure = getattr(figures, name)
            if figure is not None:
                read = [one for one in bounds if one.beside is None or one.beside.is_reached(figures)]
                reduced[name] = reduced_figure(figure, read)
        return structs.replace(figures, **reduced) if reduced else figures

    @cached_property
    def bounds(self) -> dict[str, list[BoundsInForce]]:
        """Bounds of the figures for which every rule that reads them has bounds, by name."""
        return {
            name: [entry.bounds_in_force(name) for entry in self.reading(name)]
            for name in sorted(self.reads())
            if all(name in entry.rule.bounds for entry in self.reading(name))
        }

    def judge(
        self,
        dossier: Dossier | OrganizationDossier,
        *,
        without: Container[str] = (),
        interruptions: tuple[type[Exception], ...] = (MemoryError,),
    ) -> tuple[Outcome, ...]:
        """
        Return the outcome of every rule, ordered by code.

        :param without: codes of rules to skip
        :param interruptions: see ``BoundRule.judge``
        """
        return self.judge_each([(dossier, without)], interruptions=interruptions)[0]

    def by_figures(
        self,
        figures: ProcessFigures,
        codes: Collection[str],
        *,
        interruptions: tuple[type[Exception], ...] = (MemoryError,),
    ) -> tuple[Outcome, ...]:
        """
        Return the outcomes that figures alone decide for an unchanged record; none if a rule needs the record.

        :param codes: rules to run; each read its figures when it last judged the record
        :param interruptions: see ``BoundRule.judge``
        """
        without, unread = self.by_code.keys() - codes, UnreadDossier(figures)
        try:
            return self.judge(unread, without=without, interruptions=(UnreadError, *interruptions))
        except UnreadError:
            return ()

    def judge_each(
        self,
        dossiers: Sequence[tuple[Dossier | OrganizationDossier, Container[str]]],
        *,
        interruptions: tuple[type[Exception], ...] = (MemoryError,),
    ) -> list[tuple[Outcome, ...]]:
        """
        Return the outcomes for several dossiers, see ``judge``: each rule runs for all of them before the next.

        :param dossiers: each with the codes of rules to skip
        """
        outcomes: list[list[Outcome]] = [[] for _ in dossiers]
        for entry in self.rules:
            for (dossier, without), answers in zip(dossiers, outcomes, strict=True):
                if entry.rule.code not in without:
                    answers.append(entry.judge(dossier, interruptions=interruptions))
        return [tuple(answers) for answers in outcomes]
