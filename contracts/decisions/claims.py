"""People decide on claims: a decision is appended, and the record is compiled again."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contracts.intake.claiming import append_decision
from contracts.intake.compiling import compile_processes, lock_ocids
from contracts.intake.documents.attaching import announce, attach
from contracts.intake.renewing import renewing_organizations
from contracts.models import Attachment, Claim, ClaimDecision, ContractingProcess
from contracts.models.decision import given_reason
from contracts.signals import record_withdrawn

# The message to the sender of a claim that its publisher's record replaces, unless the desk writes another.
PUBLISHED_SINCE = gettext_noop("Its publisher has published the same contract since; that record replaces it.")


def decide_claim(
    *,
    claim: Claim,
    decided_by: Any,
    kind: ClaimDecision.Kind,
    reason: str,
    told: str = "",
    members: Sequence[str] = (),
    releases: Sequence[int] = (),
    last_attachment: int | None = None,
) -> ClaimDecision:
    """
    Append a decision on a claim, and compile the record of its ocid again.

    :param claim: as seen by the person who decides
    :param told: the message to its sender
    :param members: the accepted paths of a claim accepted in part (``ocds.merging.paths``); empty for all
    :param releases: the primary keys of the accepted releases; empty for all
    :param last_attachment: the newest attachment that the page showed, by default the newest of all
    :raises ValidationError: if there is no reason, the parts do not fit the decision, its releases are gone, or
        somebody decided on it meanwhile
    """
    if (kind == ClaimDecision.Kind.ACCEPTED_IN_PART) != bool(members or releases):
        raise ValidationError({"kind": _("To accept a part, choose its values or releases; otherwise choose none.")})
    reason = given_reason(reason)
    with transaction.atomic():
        lock_ocids([claim.ocid])
        parts: dict[str, Any] = {"members": sorted(members), "releases": sorted(releases)}
        given = {"told": told.strip(), "last_attachment": last_attachment}
        decided = _append(claim, kind, reason, decided_by, **given, **parts)
        _compile([decided], kind)
    return decided.decision


def say_published(
    *, claim: Claim, published: ContractingProcess, is_same: bool, decided_by: Any, reason: str, told: str = ""
) -> ClaimDecision:
    """
    Decide whether an accepted claim is the contract of a record that its publisher has published since. If so, the
    claim's record is taken back, and its remaining documents also belong to the publisher's record. If not, it stays
    as accepted.

    :raises ValidationError: as ``decide_claim``
    """
    stands: Any = claim.decision
    decide_so = partial(decide_claim, claim=claim, decided_by=decided_by, reason=reason)
    if not is_same:
        # Nor does anything that has been waiting since then become part of it.
        seen = stands.last_attachment if stands.decided_by_id else 0
        parts = {"members": stands.members, "releases": stands.releases}
        return decide_so(kind=stands.kind, told=told, last_attachment=seen, **parts)
    with transaction.atomic():
        # Those that belong to the record now: after the rejection, it has none.
        joined = Attachment.objects.of_one_contract().filter(Q(about__claims=claim) | Q(about__repeats=claim))
        sent_with = list(joined.select_related("submission").distinct())
        decision = decide_so(kind=ClaimDecision.Kind.REJECTED, told=told.strip() or PUBLISHED_SINCE)
        for row in sent_with:
            attach(row.submission, process=published, url=row.url, attached_by=decided_by)
    return decision


def decide_claims(
    *,
    claims: Sequence[Claim],
    decided_by: Any,
    kind: ClaimDecision.Kind,
    reason: str,
    told: str = "",
    last_attachment: int | None = None,
) -> list[tuple[Claim, str]]:
    """
    Decide on several claims in one transaction, on each as a whole and with a separate decision, as ``decide_claim``
    does.

    Claims that would change a public record are refused: a person must first see the differences, on the page of the
    claim.

    :param claims: each as seen by the person who decides
    :param kind: accepted or rejected
    :param told: the message to their senders
    :param last_attachment: as of ``decide_claim``
    :returns: the claims without a decision, each with the reason
    :raises ValidationError: if there is no reason
    """
    given = {"told": told.strip(), "last_attachment": last_attachment}
    reason = given_reason(reason)
    decided, refused = [], []
    with transaction.atomic():
        ocids = {claim.ocid for claim in claims}
        lock_ocids(ocids)  # all at once, in the order of loading
        public = set(ContractingProcess.objects.public().filter(ocid__in=ocids).values_list("ocid", flat=True))
        for claim in claims:
            if kind == ClaimDecision.Kind.ACCEPTED and claim.ocid in public:
                refused.append((claim, _("Not accepted together: a public record exists for it.")))
                continue
            try:
                decided.append(_append(claim, kind, reason, decided_by, **given))
            except ValidationError as error:
                refused.append((claim, " ".join(error.messages)))
            else:
                # A second claim about this ocid is now about the record created by the first one.
                public.add(claim.ocid)
        if decided:
            _compile(decided, kind)
    return refused


class _Decided(NamedTuple):
    claim: Claim
    decision: ClaimDecision
    was_public: bool


def _append(claim: Claim, kind: ClaimDecision.Kind, reason: str, decided_by: Any, **given: Any) -> _Decided:
    """Append a decision, in the transaction that holds the lock of the ocid; ``_compile`` is to follow."""
    if not claim.releases.exists():
        raise ValidationError(_("The claim is gone: there is nothing left to decide."))
    current = Claim.objects.select_related("decision__decided_by").get(pk=claim.pk)
    if current.decision_id != claim.decision_id:
        raise ValidationError(overtaken(current))
    was_public = current.state in {Claim.State.ACCEPTED, Claim.State.ACCEPTED_IN_PART}
    return _Decided(claim, append_decision(claim, kind, reason=reason, decided_by=decided_by, **given), was_public)


def _compile(decided: Sequence[_Decided], kind: ClaimDecision.Kind) -> None:
    """Compile the records concerned again: all at once, so that organizations are written in one order."""
    ocids = [row.claim.ocid for row in decided]
    with renewing_organizations(ocids):
        compile_processes(ocids, are_locked=True)
    if kind != ClaimDecision.Kind.ACCEPTED:
        record_withdrawn.send(sender=Claim, was_public=any(row.was_public for row in decided))
    claims = [row.claim.pk for row in decided]
    attached = Attachment.objects.filter(Q(about__claims__in=claims) | Q(about__repeats__in=claims))
    announce(*attached.values_list("submission__content", flat=True).distinct())


def overtaken(claim: Claim) -> str:
    """Return why a decision made without knowing the latest one is not stored."""
    decider = claim.decision and claim.decision.decided_by
    return _("Not saved: %(name)s decided on this claim since the page was shown.") % {
        "name": decider.get_username() if decider else "?"
    }
