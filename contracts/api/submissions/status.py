"""The result of a submission, and which of its contracts were on record before."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from msgspec import structs
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import process_address
from contracts.api.protocol.access.tokens import has_scope
from contracts.api.protocol.rows.columns import fields_of, read_rows
from contracts.api.protocol.views import ApiView
from contracts.api.submissions.corrections import corrections_of_submission
from contracts.api.submissions.serializers import ProcessAddress, SubmissionStatus
from contracts.files.bundles import PLACE
from contracts.intake.duplicates.repeats import of_one_release, of_strangers, visible_message, visible_state
from contracts.intake.duplicates.same_contracts import (
    MAX_DEALS,
    Deal,
    deals_of_claims,
    same_contracts,
    submissions_of,
    visible_to_sender,
)
from contracts.models import ApiToken, Claim, ContractingProcess, Submission, SubmissionOrigin
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.translating import problem_as_json, problem_detail, same_as_json


def _claim_row(claim: Claim, sent: Submission, *, is_theirs: bool) -> dict[str, Any]:
    """Return what a sender sees of a claim: their own, or an earlier one with the same content."""
    state = claim.state if is_theirs else visible_state(claim, sent)
    message = claim.decision.told if is_theirs and claim.decision else visible_message(claim, sent)
    return {
        "ocid": claim.ocid,
        "state": state.value,
        "told": _(message) if message and state is not Claim.State.HELD else "",
        "submission": claim.submission_id if is_theirs else sent.pk,
    }


def with_name(problem: Problem, names: Mapping[str, str]) -> Problem:
    """Return a problem of a file in a bundle with the file's path, if known."""
    name = names.get(problem.pointer.removeprefix(PLACE)) if problem.pointer.startswith(PLACE) else None
    return problem if name is None else structs.replace(problem, pointer=f"{problem.pointer}/{escape(name)}")


def on_record(request: Request, deals: Sequence[Deal], *, but: Submission | None = None) -> list[dict[str, Any]]:
    """Return which contracts are already on record: publicly, or in the account's own held submissions."""
    among = visible_to_sender(submissions_of(request.user))
    rows = [same_as_json(same) for same in same_contracts(deals, among=among, but=but)[:MAX_DEALS]]
    for row in rows:
        address = process_address(row["known_ocid"]) if row.pop("is_public") else None
        row["url"] = address and request.build_absolute_uri(address)
    return rows


class SubmissionView(ApiView):
    """
    Read the result of a submission.

    It is visible to its sender, and to accounts with permission to view all submissions. Its sender can erase it in
    the admin, under *Submissions*, together with what is held of it. Records published by a publisher remain until a
    newer release replaces them or a lead erases them. The response is 404 once the submission is erased or its sender
    is removed (after 90 days, unless leads set another number).
    """

    permission_classes = (IsAuthenticated,)
    serializer_class = SubmissionStatus
    cache_control = "no-store"
    queryset = Submission.objects.all()

    def get_queryset(self) -> models.QuerySet[Submission]:
        if not has_scope(self.request, ApiToken.Scope.REVIEW):
            return Submission.objects.filter(origin__user=self.request.user.pk)
        return Submission.objects.visible_to(self.request.user)

    def _names(self, submission: Submission) -> tuple[str, dict[str, str]]:
        """Return the names of a file and, by number, of its members, to its sender only: they often name people."""
        sent = SubmissionOrigin.objects.filter(submission=submission, user=self.request.user.pk).first()
        return (sent.file_name, sent.member_names) if sent else ("", {})

    def _members(self, bundle: Submission, names: dict[str, str]) -> list[dict[str, Any]]:
        """Return the submissions made of the files of a bundle."""
        taken = bundle.members.filter(submission__in=self.get_queryset()).select_related("submission")
        return [
            {
                "number": member.number,
                "file": names.get(str(member.number), ""),
                "id": member.submission_id,
                "status_url": self.request.build_absolute_uri(reverse("submission", args=[member.submission_id])),
                "kind": member.submission.kind,
                "state": member.submission.state,
            }
            for member in taken
        ]

    def _known(self, submission: Submission) -> models.Q:
        """Return the condition of its claims, and those it repeats of submissions that the reader sees."""
        repeated = submission.repeats.filter(submission__in=self.get_queryset(), submission__erased_on=None)
        return models.Q(submission=submission) | models.Q(pk__in=repeated.values("pk"))

    def _strangers(self, submission: Submission) -> models.QuerySet[Claim]:
        """Return the claims of others that it repeats: the same is kept once, and its sender must not know of them."""
        strangers = of_strangers(submission, self.get_queryset())
        return strangers if submission.state == "processed" else strangers.none()

    @extend_schema(operation_id="submission")
    def get(self, request: Request, pk: UUID) -> Response:
        found = self.get_queryset().filter(pk=pk).select_related("content", "publisher").first()
        if found is None:
            raise Http404
        known = ContractingProcess.objects.public().filter(ocid__in=found.ocids).order_by("pk")
        known_claims, strangers = self._known(found), self._strangers(found)
        claims = Claim.objects.filter(known_claims | models.Q(pk__in=strangers.values("pk")))
        claims = claims.select_related("decision").order_by("ocid", "pk")[:100]
        alone = list(of_one_release(strangers).values_list("pk", flat=True)[:MAX_DEALS])
        held = Claim.objects.filter(known_claims | models.Q(pk__in=alone), decision=None).order_by("pk")[:MAX_DEALS]
        not_theirs = set(strangers.filter(pk__in=[claim.pk for claim in claims]).values_list("pk", flat=True))
        file_name, names = self._names(found)
        return Response(
            {
                "id": found.pk,
                "state": found.state,
                "kind": found.kind,
                "publisher": found.publisher.slug if found.publisher else None,
                "sha256": found.content_id,
                "bytes": found.content.size,
                "received": found.received_at.date(),
                "error": problem_detail(found.failure) if found.failure else "",
                "counts": found.counts,
                "problem_count": found.problem_count,
                "problems": [
                    problem_as_json(with_name(problem, names), file_name) for problem in found.found_problems
                ],
                "corrections": corrections_of_submission(found, alone),
                "ocids": found.ocids,
                "processes": [
                    row | {"url": request.build_absolute_uri(row["url"])}
                    for _keys, row in read_rows(known, fields_of(ProcessAddress))
                ],
                "claims": [_claim_row(claim, found, is_theirs=claim.pk not in not_theirs) for claim in claims],
                "sheets": found.sheets,
                "members": self._members(found, names) if found.kind == Submission.Kind.BUNDLE else [],
                "same_contracts": on_record(request, deals_of_claims(held), but=found),
            }
        )
