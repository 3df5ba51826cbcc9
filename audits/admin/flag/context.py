"""The context of a flag: decisions on the same question and the same supplier, and other flags of its parties."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits.admin.flag.page import Asked
from audits.models import DeskEntry, Flag, Reply, Review
from audits.pages.labels import sentence
from contracts.models import ContractingProcess, Organization
from contracts.ocds.folding import folded
from contracts.pages.display import Link, admin_url, day, minute

MAX_SHOWN = 10
# Maximum number of processes read per party, the latest ones, so that the page is fast for the largest buyer too.
MAX_PROCESSES = 200
# Maximum number of a rule's latest flags examined per state, and of similar ones shown.
MAX_LATELY = 100
MAX_LIKE = 5
_DECIDED = (
    *(Flag.State.CONFIRMED, Flag.State.FIRST_CONFIRMATION),
    *(Flag.State.DISMISSED, Flag.State.NEEDS_INFORMATION),
)
_OF_FLAG = ("rule", "sentence", "values", "severity", "state", "process", "organization")


class Moment(NamedTuple):
    """Something that happened to a flag or its record; ``when`` is the day or time as displayed."""

    at: datetime
    when: str
    text: str


class FlagContext(NamedTuple):
    """
    ``twins`` and ``of_supplier`` are the latest decisions on identical questions, and on others about its suppliers;
    ``like`` those on the rule for one of the same words, or else in the same country: ``has_words`` tells which.

    ``changed_at`` is when it came to say something else than before, if nobody has decided on it since.

    ``flags`` are other flags of its buyer, its suppliers or its organization; ``moments`` are in their order.
    """

    twins: list[tuple[Review, Link]]
    of_supplier: list[tuple[Review, Link]]
    like: list[tuple[Review, Link]]
    has_words: bool
    flags: list[tuple[Flag, Link]]
    moments: list[Moment]
    changed_at: datetime | None


def read_around(
    flag: Flag, asked: Iterable[Asked], reviews: Sequence[Review], replies: Iterable[Reply]
) -> FlagContext:
    """
    Read the context of a flag in a fixed number of queries, each limited to a few rows.

    :param asked: the requests for comment on it
    :param reviews: the decisions on the flag itself, the latest first
    :param replies: those that are shown with it, or wait for that
    """
    twins = _decided(_same_questions(flag), but_for=[flag.pk])
    suppliers = flag.process.suppliers if flag.process else []
    of_supplier = _of_organizations(suppliers, ContractingProcess.objects.filter(suppliers__overlap=suppliers))
    of_buyer = (
        _of_organizations([flag.process.buyer_id], ContractingProcess.objects.filter(buyer=flag.process.buyer_id))
        if flag.process and flag.process.buyer_id
        else Flag.objects.none()
    )
    parties: Any = of_supplier | of_buyer
    if flag.organization_id:
        parties = Flag.objects.filter(organization__in=Organization.objects.bodies_of([flag.organization_id]))
    others = parties.filter(withdrawn_at=None).out_of_shadow().exclude(pk=flag.pk)
    if flag.process:
        # Those of the same process are listed with the other rules.
        others = others.exclude(process=flag.process.pk)
    changed_at = _changed_at(flag, reviews[0] if reviews else None)
    on_supplier = _decided(of_supplier, but_for=[flag.pk, *twins]) if suppliers else []
    words = _words(flag.values)
    return FlagContext(
        twins=_decisions(twins),
        of_supplier=_decisions(on_supplier),
        like=_decisions(_like(flag, words, but_for={flag.pk, *twins, *on_supplier})),
        has_words=bool(words),
        flags=[
            (other, Link(sentence(other), admin_url(Flag, other.pk)))
            for other in others.only(*_OF_FLAG).order_by("-pk")[:MAX_SHOWN]
        ],
        moments=sorted(
            [*_moments(flag, reviews, replies, changed_at), *_of_requests(asked)], key=lambda moment: moment.at
        ),
        changed_at=changed_at,
    )


def _same_questions(flag: Flag) -> QuerySet[Flag]:
    """Return the flags with the same question: of the same cause, or about an organization merged with this one."""
    same = Flag.objects.filter(cause=flag.cause) if flag.cause else Flag.objects.none()
    if flag.organization_id is None:
        return same
    body = Organization.objects.bodies_of([flag.organization_id])
    return same | Flag.objects.filter(rule=flag.rule, organization__in=body)


def _of_organizations(keys: list[int], processes: QuerySet[ContractingProcess]) -> QuerySet[Flag]:
    """Return the flags on organizations, and on the latest of their processes."""
    if not keys:
        return Flag.objects.none()
    latest = list(processes.order_by("-pk").values_list("pk", flat=True)[:MAX_PROCESSES])
    body = Organization.objects.bodies_of(keys)
    return Flag.objects.filter(process__in=latest) | Flag.objects.filter(organization__in=body)


def _like(flag: Flag, words: frozenset[str], *, but_for: Collection[int]) -> list[int]:
    """Return the keys of recently decided flags of the same rule that share a word, or else the country."""
    of_rule = Flag.objects.filter(rule=flag.rule).out_of_shadow()
    # One query per state uses the index of rule and state; for all decided states PostgreSQL would sort every row.
    lately = [
        of_rule.filter(state=state).order_by("-pk").values_list("pk", "country", "values")[:MAX_LATELY]
        for state in _DECIDED
    ]
    found = sorted(lately[0].union(*lately[1:], all=True), reverse=True)
    alike = (pk for pk, country, values in found if (words & _words(values) if words else country == flag.country))
    return [pk for pk in alike if pk not in but_for][:MAX_LIKE]


def _words(values: Mapping[str, Any]) -> frozenset[str]:
    """Return the words that a finding names, folded; empty if its rule does not name words."""
    named = values.get("words")
    parts = named.removesuffix("…").split(",") if isinstance(named, str) else ()
    return frozenset(filter(None, (folded(part).strip() for part in parts)))


def _decided(flags: QuerySet[Flag], *, but_for: list[int]) -> list[int]:
    """Return the keys of the latest decided flags among many."""
    decided = flags.exclude(decision="").exclude(pk__in=but_for)
    return list(decided.order_by("-pk").values_list("pk", flat=True)[:MAX_PROCESSES])


def _decisions(keys: list[int]) -> list[tuple[Review, Link]]:
    """Return the latest decisions on flags. Passing keys spares PostgreSQL a backward scan of all decisions."""
    related = ("reviewer", "flag", "flag__process", "flag__organization")
    latest = (
        Review.objects.filter(flag__in=keys)
        .select_related(*related)
        .defer("flag__evidence", "flag__process__compiled_release", "flag__process__corrections")
    )
    return [
        (review, Link(str(review.flag), admin_url(Flag, review.flag_id)))
        for review in latest.order_by("-pk")[:MAX_SHOWN]
    ]


def _changed_at(flag: Flag, latest: Review | None) -> datetime | None:
    """Return when a flag changed, unless a later decision or withdrawal is listed itself."""
    if flag.changed_at in (flag.raised_at, flag.withdrawn_at):
        return None
    is_as_decided = latest is not None and bytes(latest.judged_digest) == bytes(flag.judged_digest)
    return None if is_as_decided else flag.changed_at


def _moments(
    flag: Flag, reviews: Iterable[Review], replies: Iterable[Reply], changed_at: datetime | None
) -> Iterable[Moment]:
    process: Any = flag.process
    if process is not None:
        for at, text in (
            (process.awarded_on, _("Awarded, by the record.")),
            (process.signed_on, _("Signed, by the record.")),
        ):
            if at is not None:
                yield _on(at, text)
        if process.date is not None:
            yield Moment(process.date, day(process.date), _("The latest release of the record is of this day."))
    yield _at(flag.raised_at, _("Raised."))
    if changed_at is not None:
        yield _at(changed_at, _("Changed."))
    if flag.withdrawn_at is not None:
        yield _at(flag.withdrawn_at, _("Withdrawn: %(cause)s.") % {"cause": flag.get_withdrawn_because_display()})
    for review in reviews:
        values = {"decision": review.decided, "name": review.reviewer.get_username()}
        yield _at(review.reviewed_at, _("%(decision)s, by %(name)s.") % values)
    for reply in replies:
        if reply.state == Reply.State.ACCEPTED and reply.decided_at is not None:
            name = reply.party.removesuffix(".")  # a name such as "S.A."
            yield _at(reply.decided_at, _("A reply was published, of %(name)s.") % {"name": name})
    for entry in DeskEntry.objects.filter(flag=flag.pk).select_related("person", "by"):
        values = {
            "what": entry.get_kind_display(),
            "person": entry.person.get_username() if entry.person else "–",
            "name": entry.by.get_username(),
        }
        if entry.kind == DeskEntry.Kind.NOTED:
            yield _at(entry.at, _("A note was written, by %(name)s.") % values)
        else:
            yield _at(entry.at, _("Desk: %(what)s, %(person)s, by %(name)s.") % values)


def _of_requests(asked: Iterable[Asked]) -> Iterable[Moment]:
    for request, _shown, entries in asked:
        values = {"name": request.party.removesuffix(".") or "–", "by": request.asked_by.get_username()}
        yield _on(request.asked_on, _("Asked for comment: %(name)s; noted by %(by)s.") % values)
        for entry in entries:
            values |= {"what": entry.get_kind_display(), "by": entry.by.get_username()}
            text = _("Request for comment to %(name)s: %(what)s; noted by %(by)s.") % values
            yield _on(entry.outcome_on, text) if entry.outcome_on else _at(entry.at, text)


def _on(when: date, text: str) -> Moment:
    start = datetime.combine(when, time.min, UTC)
    return Moment(start, day(start), text)


def _at(moment: datetime, text: str) -> Moment:
    return Moment(moment, minute(moment), text)
