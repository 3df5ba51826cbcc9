"""
The vocabulary of rules: what a rule is, its possible outcomes, its evidence.

A rule is a function of one frozen dossier. It yields findings, or raises to report why it cannot judge. It uses no
database, clock or network, so the same dossier under the same rule set always has the same outcomes.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from inspect import Parameter, getdoc, getfile, getmodule, signature
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs, to_builtins

from audits.judging.figures.bounds import Bounds
from audits.judging.figures.habits import HABITS
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.figures.processes import SOURCE_HABITS, ProcessFigures
from audits.judging.rule.texts import RuleText, as_in_portugal, fill, translations_of
from contracts.documents.places import Quad
from contracts.ocds.portuguese import PORTUGAL

# Maximum number of places that one finding on a process cites; further ones tell readers nothing new.
MAX_PLACES = 20
# The classifier's check of the T-rules: the minimum probability, from 0 to 1, that a notice is about technology. Each
# of these rules has this parameter besides its own.
READER_PARAMETER = "reader_threshold"
READER_THRESHOLD = 0.2
# A rule on trial has this parameter besides its own. While it is true, all findings are context, for the reason that
# has its name.
ON_TRIAL = "on_trial"
# Why a finding is withheld: something else is bought, or the whole notice reads like something else.
WITHHELD_OBJECT = "withheld_object"
WITHHELD_PASSING = "withheld_passing"
WITHHELD_READING = "withheld_reading"


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    CONTEXT = "context"


class Stage(StrEnum):
    """The OCDS stage that a rule mainly concerns."""

    PLANNING = "planning"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"
    IMPLEMENTATION = "implementation"


class Subject(StrEnum):
    """The subject of a rule: one contracting process, or one organization over all its processes."""

    PROCESS = "process"
    ORGANIZATION = "organization"


class OutcomeKind(StrEnum):
    """The outcome of a rule for one subject. Exactly one is stored for every rule and subject."""

    FLAGGED = "flagged"
    CLEAR = "clear"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


class NotApplicableError(Exception):
    """
    Raised by a rule if its question does not apply to this subject.

    ``reason`` is a code, among the ``reasons`` of the rule or in ``audits.judging.rule.reasons``; ``values`` fill its
    template.
    """

    def __init__(self, reason: str, **values: Any) -> None:
        self.reason = reason
        self.values = values


class InsufficientDataError(Exception):
    """
    Raised by a rule if a field that it needs is missing or unreadable.

    ``field`` is the JSON Pointer of the field, without array indexes: ``/tender/tenderPeriod/endDate``. ``reason`` and
    ``values`` are those of ``NotApplicableError``.
    """

    def __init__(self, field: str, reason: str = "missing", **values: Any) -> None:
        self.field = field
        self.reason = reason
        self.values = values


class Evidence(Struct, frozen=True, gc=False):
    """
    One place that supports a finding.

    ``path`` is a JSON Pointer into the compiled release. For text, ``passage`` is the original text around the match,
    and ``start`` and ``end`` are the offsets of the match in the *whole* value at ``path``, in characters. ``note``
    says what the place shows: the concept, the list, the alias that matched. ``ocid`` is the process that ``path``
    refers to, for findings about an organization. ``quads`` are the positions of the match on the image of a document
    page, see ``contracts.documents.places.quads``; ``paragraphs`` are the numbers of the paragraphs of a DOCX that
    contain it, see ``contracts.documents.texts.ReadPage``.
    """

    path: str
    value: Any
    passage: str = ""
    start: int | None = None
    end: int | None = None
    note: str = ""
    ocid: str = ""
    quads: tuple[Quad, ...] = ()
    paragraphs: tuple[int, ...] = ()


# Maximum length of a value stored with a flag: an excerpt, not the document.
MAX_STORED_VALUE = 1000


def stored_evidence(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """
    Return evidence as stored with a flag: for text, the place, the offsets and the passage, with ``value`` ``None``;
    for anything else the value, with texts cut after ``MAX_STORED_VALUE`` characters. ``quads`` and ``paragraphs``
    only if there are any.
    """
    return [_stored(place) for place in evidence]


def _stored(place: Evidence) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "path": place.path,
        "value": None if place.start is not None else _cut(to_builtins(place.value)),
        "passage": place.passage,
        "start": place.start,
        "end": place.end,
        "note": place.note,
        "ocid": place.ocid,
    }
    if place.quads:
        stored["quads"] = to_builtins(place.quads)
    if place.paragraphs:
        stored["paragraphs"] = list(place.paragraphs)
    return stored


def _cut(value: Any) -> Any:
    if isinstance(value, str) and len(value) > MAX_STORED_VALUE:
        return value[:MAX_STORED_VALUE] + "…"
    if isinstance(value, dict):
        return {name: _cut(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_cut(member) for member in value]
    return value


class Context(Struct, frozen=True, gc=False):
    """Why a finding is only context, by ``reason`` and ``values`` of ``NotApplicableError``."""

    reason: str
    values: Mapping[str, Any]


class Withheld(Struct, frozen=True, gc=False):
    """
    Why technology that a rule found raises no flag: it is not what is bought.

    ``reason`` is a code as for ``NotApplicableError``: ``withheld_object``, with what is bought instead;
    ``withheld_passing``, with what only a long list names after its first words; or ``withheld_reading``, with the
    probability that the notice is about technology and the words that weighed most against it.
    """

    reason: str
    values: Mapping[str, Any]


class Finding(Struct, frozen=True, gc=False):
    """
    One finding.

    ``sentence`` names a template of the rule (a key of ``RuleText.sentences``), and ``values`` fill it: the sentence
    is rendered in the reader's language, the numbers are stored once. ``cites`` are the OCDS ids that identify the
    finding (award ids, party ids, concept names): a decision survives re-audits as long as they stay the same.
    ``decision_basis`` is what people judge, besides the severity, if the numbers change with every record: rounded
    values; if empty, they judge sentence, values and evidence. A finding with a ``context`` is shown only beside
    others, whatever its severity.
    """

    evidence: tuple[Evidence, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = "default"
    severity: Severity | None = None
    cites: tuple[str, ...] = ()
    decision_basis: tuple[Any, ...] = ()
    context: Context | None = None

    def bounded(self) -> "Finding":
        """Return the finding with its first ``MAX_PLACES`` places; ``places`` in its values is the number of all."""
        if len(self.evidence) <= MAX_PLACES:
            return self
        values = {**self.values, "places": len(self.evidence)}
        return structs.replace(self, evidence=self.evidence[:MAX_PLACES], values=values)


RuleFunction = Callable[..., Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule: identity, texts, parameters with their defaults, and the function that judges.

    ``texts`` maps languages to the rule's texts, always including English. ``version`` increases by one whenever the
    outcome for any dossier could change, and ``audits/rules/changes`` describes the change. ``subject`` is the type of
    its dossiers: a ``Dossier`` of a process or an ``OrganizationDossier``. ``reads`` names the figures that it reads
    (``source_habits.NAME``: a habit of its source), ``bounds`` what it reads of their entries, ``limits`` the kind of
    legal limit in its parameter ``thresholds``. ``lists`` are the lists of organizations or laws that its question
    rests on, by the names of their files in ``fixtures/reference``; every rule on processes may read the lists of
    words. ``applies`` checks only the record, before ``judge``. ``on_trial`` is set if too few of its flags were
    right, see ``audits.judging.rule.readings``.

    :raises TypeError: if a figure or parameter does not exist, or a rule with ``applies`` may withhold
    """

    code: str
    stage: Stage
    severity: Severity
    version: int
    texts: Mapping[str, RuleText]
    parameters: Mapping[str, Any]
    judge: RuleFunction
    subject: Subject = Subject.PROCESS
    reads: frozenset[str] = frozenset()
    bounds: Mapping[str, Bounds] = dataclass_field(default_factory=dict)
    limits: str = ""
    lists: tuple[str, ...] = ()
    applies: Callable[..., None] | None = None
    on_trial: bool = False

    def __post_init__(self) -> None:
        figures = ProcessFigures if self.subject is Subject.PROCESS else OrganizationFigures
        known = set(figures.__struct_fields__) - {SOURCE_HABITS}
        if self.subject is Subject.PROCESS:
            known |= {f"{SOURCE_HABITS}.{name}" for name in HABITS}
        if unknown := self.reads - known:
            raise TypeError(f"rule {self.code} reads {', '.join(sorted(unknown))}: not a figure of {figures.__name__}")
        for figure, bounds in self.bounds.items():
            named = {*bounds.least.values(), *bounds.needs.values()}
            if figure not in self.reads or not named <= self.parameters.keys():
                raise TypeError(
                    f"rule {self.code} has bounds of {figure}, which it does not read, or no such parameter"
                )
        if self.applies and self.has_two_keys:
            raise TypeError(
                f"rule {self.code} may withhold what it finds, so that a clear answer does not tell that it applies"
            )

    @property
    def has_two_keys(self) -> bool:
        """Return whether a finding only counts if technology is bought."""
        return READER_PARAMETER in self.parameters

    @property
    def habits(self) -> tuple[str, ...]:
        """The habits of sources that make the question pointless, by name."""
        named = (name.partition(".") for name in self.reads)
        return tuple(sorted(part for figure, _dot, part in named if figure == SOURCE_HABITS))

    def severity_of(self, finding: Finding) -> Severity:
        """Return the severity of a finding of the rule."""
        return Severity.CONTEXT if finding.context else finding.severity or self.severity

    @property
    def name(self) -> str:
        """The slug of the rule, as in its file name: ``police-integration``."""
        return self.judge.__name__.replace("_", "-")

    def text(self, language: str) -> RuleText:
        """
        Return the texts of the rule in ``language``, or else in English.

        :param language: ``en``, ``es``, ``pt`` as stored, or ``pt-pt`` with the words of Portugal
        """
        if language == PORTUGAL and "pt" in self.texts:
            return as_in_portugal(self.texts["pt"])
        return self.texts.get(language) or self.texts["en"]

    def render(self, finding_sentence: str, values: Mapping[str, Any], language: str) -> str:
        """Return the sentence of a finding in ``language`` (``en``, ``es``, ``pt`` or ``pt-pt``)."""
        return fill(self.text(language).sentences[finding_sentence], values, language)


def rule(
    *,
    code: str,
    title: str,
    stage: Stage,
    severity: Severity,
    version: int,
    sentences: Mapping[str, str],
    subject: Subject = Subject.PROCESS,
    reasons: Mapping[str, str] | None = None,
    reads: Iterable[str] = (),
    bounds: Mapping[str, Bounds] | None = None,
    limits: str = "",
    lists: Iterable[str] = (),
    applies: Callable[..., None] | None = None,
    on_trial: bool = False,
) -> Callable[[RuleFunction], Rule]:
    """
    Make a rule from a function ``(dossier, *, parameter=default, …) -> Iterable[Finding]``.

    ``title``, ``sentences`` and ``reasons`` are in English, and so is the page: the docstring of the function's
    module, in Markdown. Other languages are read from the pages beside the module. Parameters are read from the
    signature, so the code, the page and the settings cannot disagree.

    :param reads: the figures that the rule reads: fields of ``ProcessFigures`` or ``OrganizationFigures``, and
        ``source_habits.NAME`` for a habit that makes its question pointless
    :param bounds: figure → what the rule reads of its entries, so that it runs again only if that changes
    :param limits: the kind of legal limit in the parameter ``thresholds``
    :param lists: the lists of organizations or laws that the question rests on
    :param applies: check of the record before any figure: it raises as the rule does, but never names a figure as the
        missing field. If a rule got as far as its figures, this is not repeated when they change
    :param on_trial: whether its findings are context until a lead ends the trial, because too few of its flags were
        right (``audits.judging.rule.readings``)
    :raises TypeError: see ``Rule``
    :raises ValueError: if a translation cannot be parsed
    """

    def decorate(judge: RuleFunction) -> Rule:
        parameters = {
            name: parameter.default
            for name, parameter in signature(judge).parameters.items()
            if parameter.kind is Parameter.KEYWORD_ONLY
        }
        if code.startswith("T"):  # about technology
            parameters[READER_PARAMETER] = READER_THRESHOLD
        if on_trial:
            parameters[ON_TRIAL] = True
        english = RuleText(
            title=title, sentences=sentences, reasons=reasons or {}, page=getdoc(getmodule(judge)) or ""
        )
        return Rule(
            code=code,
            stage=stage,
            severity=severity,
            version=version,
            texts={"en": english, **translations_of(Path(getfile(judge)))},
            parameters=parameters,
            judge=judge,
            subject=subject,
            reads=frozenset(reads),
            bounds=bounds or {},
            limits=limits,
            lists=tuple(lists),
            applies=applies,
            on_trial=on_trial,
        )

    return decorate
