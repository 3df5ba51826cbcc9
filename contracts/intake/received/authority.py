"""The right to speak for the publisher of an ocid: decided when a submission arrives, applied to each ocid in it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from django.conf import settings

from contracts.models import Publisher, PublisherGrant, Release, Submission

# Accounts that may grant the right to speak for a publisher have it for files they upload.
GRANTING = "contracts.add_publishergrant"


class Authority(NamedTuple):
    """The rights of a sender: see ``Submission.standing`` and ``Submission.speaks_for``."""

    standing: Submission.Standing
    speaks_for: list[int]

    def may_name(self, publisher: Publisher) -> bool:
        return self.standing == Submission.Standing.OPERATOR or publisher.pk in self.speaks_for


def authority_of(user: Any, channel: Submission.Channel, *, only: Publisher | None = None) -> Authority:
    """
    Return the rights of a sender.

    :param only: the only publisher that the token may speak for
    """
    if channel == Submission.Channel.COMMAND:
        return Authority(Submission.Standing.OPERATOR, [])
    if user is None or not user.is_authenticated:
        return Authority(Submission.Standing.HELD, [])
    if channel == Submission.Channel.ADMIN and user.has_perm(GRANTING):
        return Authority(Submission.Standing.OPERATOR, [])
    granted = set(PublisherGrant.objects.in_force().filter(user=user.pk).values_list("publisher", flat=True))
    is_trusted = None in granted or not settings.VEEDOR_HOLD_SUBMISSIONS
    speaks_for = sorted(pk for pk in granted if pk is not None and (only is None or pk == only.pk))
    return Authority(Submission.Standing.TRUSTED if is_trusted else Submission.Standing.HELD, speaks_for)


class Publishers:
    """Publishers by ocid prefix, read on demand."""

    def of(self, ocid: str) -> Publisher | None:
        """Return the publisher with the longest prefix of an ocid."""
        folded = ocid.casefold()
        return next((entry for entry in self._by_prefix if folded.startswith(entry.ocid_prefix.casefold())), None)

    def of_others(self, submission: Submission, ocids: Iterable[str]) -> set[str]:
        """
        Return the ocids for whose publishers the sender of a submission does not speak.

        An ocid without a known prefix belongs to the publisher named by the submission, if that one has no prefix; but
        not if the ocid is already public from another source.
        """
        if submission.standing == Submission.Standing.OPERATOR:
            return set()
        owners = {ocid: self.of(ocid) for ocid in ocids}
        others = {ocid for ocid, owner in owners.items() if owner is None or owner.pk not in submission.speaks_for}
        named = submission.publisher
        if named is not None and not named.ocid_prefix and named.pk in submission.speaks_for:
            unknown = [ocid for ocid in others if owners[ocid] is None]
            public = Release.objects.in_public_records().filter(ocid__any_of=unknown)
            known = set(public.values_list("ocid", flat=True))
            own = set(public.filter(claim=None, submission__publisher=named).values_list("ocid", flat=True))
            others -= set(unknown) - (known - own)
        return others

    @cached_property
    def _by_prefix(self) -> list[Publisher]:
        known = Publisher.objects.exclude(ocid_prefix="")
        return sorted(known, key=lambda publisher: -len(publisher.ocid_prefix))
