"""
The vocabulary of rules: what a rule is, what it may answer, what it must cite.

A rule is a function of one frozen dossier. It yields findings, or raises to say why it cannot judge. It reads no
database, no clock and no network, so the same dossier under the same rule set always gives the same answer.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from inspect import Parameter, getdoc, getmodule, signature
from typing import Any

from msgspec import Struct, field

LANGUAGES = ("en", "es", "pt")

_PERCENT = re.compile(r"\{(\w+)\} %")
_NUMBER = re.compile(r"-?\d+\.\d+")
# ``COP 12 326 533.50``, with narrow spaces.
_MONEY = re.compile(r"[A-Z]{3} -?[\d\s]+\.\d+")


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    CONTEXT = "context"


class Stage(StrEnum):
    """The OCDS stage that a rule looks at first."""

    PLANNING = "planning"
    TENDER = "tender"
    AWARD = "award"
    CONTRACT = "contract"
    IMPLEMENTATION = "implementation"


class Subject(StrEnum):
    """What a rule asks about: one contracting process, or one organization over all its processes."""

    PROCESS = "process"
    ORGANIZATION = "organization"


class OutcomeKind(StrEnum):
    """What a rule answered about one subject. Exactly one is stored for every rule and subject."""

    FLAGGED = "flagged"
    CLEAR = "clear"
    INSUFFICIENT_DATA = "insufficient_data"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


class NotApplicableError(Exception):
    """Raised by a rule if its question makes no sense for this subject. The message says why."""


class InsufficientDataError(Exception):
    """
    Raised by a rule if a field that it needs is missing or unreadable.

    ``field`` is the JSON Pointer of the field, without array indexes: ``/tender/tenderPeriod/endDate``.
    """

    def __init__(self, field: str, reason: str = "") -> None:
        super().__init__(reason or f"{field} is missing")
        self.field = field


class Evidence(Struct, frozen=True, gc=False):
    """
    One place that a finding rests on.

    ``path`` is a JSON Pointer into the compiled release. For text, ``passage`` is the text as written around the
    match, and ``start`` and ``end`` are the offsets of the match in the *whole* value at ``path``, in characters.
    ``note`` says in a word what the place shows: the concept, the list, the alias that matched. ``ocid`` is the
    process that ``path`` leads into, where the finding is about an organization.
    """

    path: str
    value: Any
    passage: str = ""
    start: int | None = None
    end: int | None = None
    note: str = ""
    ocid: str = ""


class Finding(Struct, frozen=True, gc=False):
    """
    One question that stands.

    ``sentence`` names a template of the rule (a key of ``Rule.sentences``), ``values`` fills it: the sentence is
    rendered in the reader's language, the numbers are stored once. ``cites`` holds the OCDS ids that make the finding
    itself and no other (award ids, party ids, concept names): a decision survives re-audits as long as they stay.
    ``decision_basis`` is what a decision judges, beside the severity, where the numbers move with every record;
    rounded; empty: sentence, values and evidence.
    """

    evidence: tuple[Evidence, ...]
    values: Mapping[str, Any] = field(default_factory=dict)
    sentence: str = "default"
    severity: Severity | None = None
    cites: tuple[str, ...] = ()
    decision_basis: tuple[Any, ...] = ()


class _Absent:
    """Stands in a sentence for a value that is not there, whatever form the sentence asks of it."""

    def __format__(self, form: str) -> str:
        return "…"


class _Values(dict[str, Any]):
    """The values of a sentence; an old flag may lack one that the sentence names by now."""

    def __missing__(self, name: str) -> _Absent:
        return _Absent()


def _shown(value: Any, language: str, *, is_percent: bool) -> Any:
    """
    Return a value as a reader of ``language`` writes it: 8 for 8.0, and 112,5 but in English.

    Numbers, percents and amounts with a currency are written so; ids and laws that only look alike stay.
    """
    text = str(value)
    form = _NUMBER if is_percent or isinstance(value, float) else _MONEY
    if not isinstance(value, str | float) or not form.fullmatch(text):
        return value
    whole, _, decimals = text.partition(".")
    if not decimals.strip("0") and not _MONEY.fullmatch(text):
        return whole
    return text if language == "en" else f"{whole},{decimals}"


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of a rule answers otherwise than the one before, and since which day (ISO 8601)."""

    on: str
    text: Mapping[str, str]


RuleFunction = Callable[..., Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One rule: identity, page, parameters with their defaults, and the function that judges.

    ``sentences`` maps a template name to a template in each language, in ``str.format`` form.
    ``version`` goes up by one whenever the answer about any dossier could change; ``changes`` tells, for each version
    after the first, what changed. ``subject`` says what a dossier is
    about: a ``Dossier`` of a process or an ``OrganizationDossier``.
    """

    code: str
    title: Mapping[str, str]
    stage: Stage
    severity: Severity
    version: int
    sentences: Mapping[str, Mapping[str, str]]
    parameters: Mapping[str, Any]
    page: str
    judge: RuleFunction
    subject: Subject = Subject.PROCESS
    changes: Mapping[int, Change] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The slug of the rule, as in its file name: ``police-integration``."""
        return self.judge.__name__.replace("_", "-")

    def render(self, finding_sentence: str, values: Mapping[str, Any], language: str) -> str:
        """Return the sentence of a finding in ``language`` (``en``, ``es`` or ``pt``)."""
        template = self.sentences[finding_sentence][language]
        percents = set(_PERCENT.findall(template))
        shown = {name: _shown(value, language, is_percent=name in percents) for name, value in values.items()}
        return template.format_map(_Values(shown)).replace("….", "…")


def rule(
    *,
    code: str,
    title: Mapping[str, str],
    stage: Stage,
    severity: Severity,
    version: int,
    sentences: Mapping[str, Mapping[str, str]],
    subject: Subject = Subject.PROCESS,
    changes: Mapping[int, Change] | None = None,
) -> Callable[[RuleFunction], Rule]:
    """
    Make a rule of a function ``(dossier, *, parameter=default, …) -> Iterable[Finding]``.

    The page is the docstring of the function's module. Parameters are read from the signature, so the code, the page
    and the settings cannot disagree.
    """

    def decorate(judge: RuleFunction) -> Rule:
        module = getmodule(judge)
        return Rule(
            code=code,
            title=title,
            stage=stage,
            severity=severity,
            version=version,
            sentences=sentences,
            parameters={
                name: parameter.default
                for name, parameter in signature(judge).parameters.items()
                if parameter.kind is Parameter.KEYWORD_ONLY
            },
            page=getdoc(module) or "",
            judge=judge,
            subject=subject,
            changes=changes or {},
        )

    return decorate
