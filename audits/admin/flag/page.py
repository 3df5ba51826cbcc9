"""Everything that the page of a flag shows, read in a fixed number of queries."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q

from audits.admin.flag.counted_processes import CountedTable, read_counted
from audits.admin.flag.evidence_changes import Change as ChangedPlace
from audits.admin.flag.evidence_changes import changes_between, changes_in_record, other_suppliers
from audits.admin.flag.sentences import Piece, laws_of, pieces
from audits.blind import open_disagreements
from audits.judging.rule.pages import Page, page
from audits.judging.rule.vocabulary import OutcomeKind
from audits.methodology.texts_then import page_then
from audits.models import Audit, BlindReview, CommentRequest, CommentRequestEntry, Flag, Reply, Review, RulePage
from audits.pages.labels import (
    OUTCOMES,
    SECTORS,
    context_in_words,
    rule_title,
    sentence,
    sentence_judged,
    waived_in_words,
)
from audits.pages.records.commenting import ShownRequest
from audits.pages.records.evidence import Place, present_text, read_places
from audits.pages.records.members_in_words import setting_in_words
from audits.reference.reason_codes import reason_label
from audits.reports.rule_changes import Change, change_of
from audits.reports.rule_health import context_rules
from audits.rules import RULES
from audits.triage import waiver_of
from audits.wording import why_not
from contracts.models import ContractingProcess, Organization
from contracts.pages.display import Link, Rows, admin_url, deal, first_rows, process_provenance, without_result
from contracts.pages.record import Record, compiled_release, read_record
from contracts.translating import variety_in_force

_SHOWN_REPLIES = (Reply.State.HELD, Reply.State.ACCEPTED)


class Decision(NamedTuple):
    """
    A decision, the sentence as the reviewer saw it, and what changed since in what it rested on.

    Where the decision after it rested on the same, ``changes`` are that one's alone. ``rule_version`` is the one that
    it was made by, ``None`` if the flag is as it is by that one; ``rule_page`` what the rule said of itself then, if
    that was kept; ``rule_changes`` what each version since changed. ``severity`` is what it was then, "" if it is the
    same now.
    ``waived`` says who let one person's confirmation count, when and why; "" if two confirmed.
    """

    review: Review
    rule_version: int | None
    rule_page: Page | None
    rule_changes: list[tuple[int, Change]]
    severity: str
    reason_label: str
    sentence: str
    has_changed: bool
    changes: list[ChangedPlace]
    waived: str


class Asked(NamedTuple):
    """A request for comment, as the public reads it, and what was entered on it, in its order."""

    request: CommentRequest
    shown: ShownRequest
    entries: list[CommentRequestEntry]

    @property
    def is_taken_back(self) -> bool:
        return bool(self.entries) and self.entries[-1].kind == CommentRequestEntry.Kind.TAKEN_BACK


class RuleOutcome(NamedTuple):
    """The outcome of another rule for the same subject, and the flags that it raised."""

    code: str
    title: str
    kind: str
    label: Any
    reason: str
    field: str
    flags: list[Link]


class FlagPage(NamedTuple):
    """
    What the page of a flag shows. ``subject`` leads to the process, or to the organization.

    ``description`` is what is bought, unless the title or the evidence says that already; ``deal`` who buys from whom,
    for how much, with what that amount is of, and when; ``without_result`` that it was all cancelled; ``laws`` are
    where the law that the sentence names can be read.

    ``rule_page`` is what the rule says of itself, in the version of the flag if that was kept: ``text_version`` tells.

    ``common``: percentage of the records here that its rule flags, if it is so large that its flags are context.

    ``context``: a sentence that it is only context, and why if the rule says so; "" if it is not, is withdrawn, or was
    raised by a person.

    ``beside`` are the other questions of its contract or organization, the gravest first; without context.

    ``first_person`` confirmed it first, and a second person has not yet; ``None`` if it is not in that state.

    ``replies`` are those that were accepted, and those that wait for it.

    ``looks`` are what others judged blindly, see ``read_looks``, with the cause in words; ``is_disputed``: one says
    otherwise than the decision that it looked at, and nobody has decided since.

    ``asked`` are the requests for comment, also those that were taken back.

    ``pieces`` are the sentence, with the numbers in it that count the processes of ``counted``.

    A flag on a process has ``places`` in its ``record``; one that rests on other processes has those in
    ``counted``, as all on organizations do.
    """

    flag: Flag
    subject: Link
    provenance: str
    description: str
    deal: str
    without_result: str
    sentence: str
    pieces: list[Piece]
    rule_title: str
    rule_page: Page | None
    text_version: int | None
    common: int | None
    context: str
    beside: list[tuple[Flag, Link]]
    first_person: Any
    parameters: list[tuple[str, str]]
    laws: list[Link]
    places: Rows
    record: Record | None
    counted: CountedTable | None
    sectors: list[str]
    asked: list[Asked]
    replies: list[Reply]
    decisions: list[Decision]
    looks: list[tuple[BlindReview, str]]
    is_disputed: bool
    outcomes: list[RuleOutcome]
    quiet_outcomes: list[RuleOutcome]


def read_page(flag_id: int) -> FlagPage:
    """Read what the page of a flag shows; raises Flag.DoesNotExist."""
    flag = _read_flag(flag_id)
    audit = Audit.objects.filter(flag.same_subject, is_current=True).first()
    others = _others(flag)
    outcomes = list(_outcomes(flag, audit.outcomes if audit else {}, others))
    quiet = {OutcomeKind.NOT_APPLICABLE, OutcomeKind.CLEAR}
    places: list[Place] = []
    record = counted = release = None
    if flag.process is not None:
        _text, release = compiled_release(flag.process.pk)
        places, record = read_places(flag.evidence, release), read_record(flag.process, release, for_desk=True)
    if elsewhere := [entry for entry in flag.evidence if entry.get("ocid")]:
        counted = read_counted(elsewhere)
    text, decisions, looks = sentence(flag), list(_decisions(flag, release)), read_looks(flag)
    rule_page, text_version = page_of_rule(flag.rule, flag.rule_version)
    return FlagPage(
        flag=flag,
        subject=_link(flag),
        provenance=process_provenance(flag.process),
        description=description_beside(flag.evidence, flag.process, release) if flag.process else "",
        deal=deal(flag.process) if flag.process else "",
        without_result=without_result(flag.process) if flag.process else "",
        sentence=text,
        pieces=list(pieces(text, flag.values if counted else {})),
        rule_title=rule_title(flag.rule),
        rule_page=rule_page,
        text_version=text_version,
        common=round(share * 100) if (share := context_rules().get(flag.rule)) is not None else None,
        context=_context(flag, audit),
        beside=[(other, link) for other, link in others if other.severity != Flag.SeverityChoice.CONTEXT],
        first_person=_first_person(decisions) if flag.state == Flag.State.FIRST_CONFIRMATION else None,
        parameters=[(name, setting_in_words(name, value)) for name, value in flag.parameters.items()],
        laws=laws_of(flag),
        places=first_rows(places),
        record=record,
        counted=counted,
        sectors=[str(SECTORS.get(sector, sector)) for sector in audit.sectors] if audit else [],
        asked=read_asked(flag),
        replies=list(Reply.objects.beside(flag).filter(state__in=_SHOWN_REPLIES).order_by("pk")),
        decisions=decisions,
        looks=[(look, reason_label(look.reason_code)) for look in looks],
        is_disputed=any(not look.agrees for look in looks)
        and open_disagreements().filter(pk__in=[look.pk for look in looks]).exists(),
        outcomes=[outcome for outcome in outcomes if outcome.kind not in quiet],
        quiet_outcomes=[outcome for outcome in outcomes if outcome.kind in quiet],
    )


def _read_flag(flag_id: int) -> Flag:
    return (
        Flag.objects.select_related(
            "assignee",
            "organization",
            "process__publisher",
            "process__buyer",
            "process__procuring_entity",
            "last_audit",
            "first_audit",
        )
        .defer("process__compiled_release", "process__corrections", "last_audit__outcomes", "first_audit__outcomes")
        .get(pk=flag_id)
    )


def _context(flag: Flag, audit: Audit | None) -> str:
    is_context = flag.severity == Flag.SeverityChoice.CONTEXT
    if audit is None or not is_context or flag.withdrawn_at or flag.is_raised_by_hand:
        return ""
    return context_in_words(flag.rule, audit.outcomes.get(flag.rule, {}))


def read_asked(flag: Flag) -> list[Asked]:
    """Return all requests for comment on a flag, by day."""
    entries = CommentRequestEntry.objects.select_related("by", "reply")
    requests = CommentRequest.objects.with_outcome().filter(flag=flag.pk).select_related("asked_by")
    return [
        Asked(request, _shown(request), list(request.entries.all()))
        for request in requests.order_by("asked_on", "pk").prefetch_related(Prefetch("entries", entries))
    ]


def read_looks(flag: Flag) -> list[BlindReview]:
    """Return the blind looks at a flag, in their order; a first one at a sampled flag only once there is a second."""
    of_flag = BlindReview.objects.filter(Q(review__flag=flag) | Q(sampled__flag=flag), agrees__isnull=False)
    return list(of_flag.select_related("review__reviewer", "reviewer").defer("review__judged").order_by("pk"))


def _shown(request: Any) -> ShownRequest:
    names = ("asked_on", "how", "answer_by", "outcome", "outcome_on")
    return ShownRequest(organization=request.party, **{name: getattr(request, name) for name in names})


def _link(flag: Flag) -> Link:
    model, key = (ContractingProcess, flag.process_id) if flag.process_id else (Organization, flag.organization_id)
    return Link(flag.subject, admin_url(model, key))


def description_beside(evidence: Iterable[Mapping[str, Any]], process: ContractingProcess, release: Any) -> str:
    """Return a process's description of what is bought; "" if its title or the evidence already contains it."""
    if process.description == process.title:
        return ""
    cited = {entry["path"] for entry in evidence if entry["path"].endswith("/description")}
    is_shown = any(present_text(release, path) == process.description for path in cited)
    return "" if is_shown else process.description


def _decisions(flag: Flag, release: Any) -> Iterator[Decision]:
    """Yield the decisions on a flag, the latest first; ``release`` is the present compiled release of its process."""
    reviews = list(flag.reviews.select_related("reviewer").order_by("-pk"))
    now, shown = _version_now(flag), None
    pages = _earlier_pages(reviews, now)
    for review in reviews:
        judged = review.judged.get("evidence", ()), review.judged.get("suppliers", flag.suppliers)
        severity = review.judged.get("severity", flag.severity)
        yield Decision(
            review=review,
            rule_version=version if (version := review.judged.get("rule_version")) != now else None,
            rule_page=pages.get(review.pk),
            rule_changes=_rule_changes(flag.rule, version or now, now),
            severity="" if severity == flag.severity else str(Flag.SeverityChoice(severity).label),
            reason_label=reason_label(review.reason_code),
            sentence=sentence_judged(review.judged),
            has_changed=bytes(review.judged_digest) != bytes(flag.judged_digest) or bool(flag.changed_because),
            changes=[] if judged == shown else _changes_since(flag, *judged, release),
            waived=waived_in_words(waiver_of(review)),
        )
        shown = judged


def _version_now(flag: Flag) -> int:
    """Return the version of the rule that a flag is as it is by: one that a later version withdrew keeps its own."""
    rule = flag.definition
    return rule.version if rule and flag.withdrawn_because == Flag.Cause.RULE_VERSION else flag.rule_version


def _rule_changes(code: str, version: int, now: int) -> list[tuple[int, Change]]:
    """Return the documented changes of a rule in the versions after the one of a decision."""
    changes = [(number, change_of(code, number, variety_in_force())) for number in range(version + 1, now + 1)]
    return [(number, change) for number, change in changes if change.text]


def _changes_since(flag: Flag, judged: Any, suppliers: list[int], release: Any) -> list[ChangedPlace]:
    return [*_changes_of_evidence(flag, judged, release), *other_suppliers(suppliers, flag.suppliers)]


def _changes_of_evidence(flag: Flag, judged: Any, release: Any) -> list[ChangedPlace]:
    is_unread = flag.withdrawn_at is not None or flag.changed_because == Flag.Cause.FAILURE
    if is_unread and release is not None:
        # The present record was not judged, so its text is compared directly.
        return changes_in_record(judged, release)
    return changes_between(judged, flag.evidence, release)


def _earlier_pages(reviews: Iterable[Review], now: int) -> dict[int, Page]:
    """Return, by decision, the rule's page for decisions made under another version than the one now."""
    digests = {
        review.pk: bytes.fromhex(review.judged.get(Review.RESTS_ON, {}).get("rule_page", ""))
        for review in reviews
        if review.judged.get("rule_version") != now
    }
    if not any(digests.values()):
        return {}
    kept = {bytes(row.digest): row for row in RulePage.objects.filter(digest__in=set(digests.values()))}
    return {key: page_then(kept[digest]) for key, digest in digests.items() if digest in kept}


def page_of_rule(code: str, version: int) -> tuple[Page | None, int | None]:
    """Return a rule's page and its version: the requested version if it was stored, else the one in force."""
    rule = RULES.get(code)
    if rule is None or rule.version != version:
        kept = RulePage.objects.filter(code=code, version=version).order_by("-pk").first()
        if kept is not None:
            return page_then(kept), kept.version
    return (page(rule, variety_in_force()), rule.version) if rule else (None, None)


def _first_person(decisions: Iterable[Decision]) -> Any:
    """Return the first person who confirmed a flag, from decisions in descending order; undone ones do not count."""
    first = Review.Decision.FIRST_CONFIRMATION
    made = (entry.review for entry in decisions if entry.review.decision == first and not entry.review.is_undoing)
    return next(made).reviewer


def _others(flag: Flag) -> list[tuple[Flag, Link]]:
    """Return the other flags of the same contract or organization, the gravest first."""
    others = Flag.objects.standing().out_of_shadow().filter(flag.same_subject).exclude(pk=flag.pk)
    columns = ("rule", "severity", "state", "sentence", "values", "process", "organization")
    gravest = list(Flag.SeverityChoice.values)
    found = sorted(others.only(*columns), key=lambda other: (gravest.index(other.severity), other.rule, other.pk))
    return [(other, Link(sentence(other), admin_url(Flag, other.pk))) for other in found]


def _outcomes(
    flag: Flag, outcomes: Mapping[str, Mapping[str, Any]], others: Iterable[tuple[Flag, Link]]
) -> Iterator[RuleOutcome]:
    """Yield the outcomes of the other rules, the most informative kinds first, and other flags of the same rule."""
    raised: dict[str, list[Link]] = {}
    for other, link in others:
        raised.setdefault(other.rule, []).append(link)
    order = {kind: place for place, kind in enumerate(OUTCOMES)}
    for code, outcome in sorted(outcomes.items(), key=lambda item: (order[OutcomeKind(item[1]["kind"])], item[0])):
        if code == flag.rule and code not in raised:
            continue
        kind = OutcomeKind(outcome["kind"])
        yield RuleOutcome(
            code=code,
            title=rule_title(code),
            kind=kind,
            label=OUTCOMES[kind],
            reason=why_not(code, outcome),
            field=outcome.get("field", ""),
            flags=raised.get(code, []),
        )
