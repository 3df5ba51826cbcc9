"""The page of a receipt: what became of what was sent with it."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy

from contracts.models import Receipt, RetentionPolicy, Submission
from contracts.models.process import is_withheld
from contracts.pages.receipts import Typed
from contracts.pages.rendering import answer
from contracts.pages.sending.contract_form import ContractForm, field_of
from contracts.pages.sending.mapping_form import Trial, names_no_buyer, trial_of
from contracts.pages.sending.storing import MAX_FILES, Sent, may_send
from contracts.receipts import Followed, follow, may_be_taken_back
from contracts.tables.headers.names import GENERAL, GIVEN
from contracts.translating import correction_detail, limit_in_words, same_as_json

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

STATES = {
    "received": _lazy("received; it will be read soon"),
    "opened": _lazy("opened: each file in it that can be read stands in this list by itself"),
    "unreadable": _lazy("nothing in it could be read"),
    "unexplained": _lazy("waits for you to say what its columns contain"),
    "held": _lazy("waits for a person to look at it; it is not public"),
    "public": _lazy("part of the public record"),
    "accepted": _lazy("accepted by a person"),
    "accepted_in_part": _lazy("accepted in part by a person: some of its contracts, or some of their values"),
    "rejected": _lazy("not accepted"),
    "erased": _lazy(
        "erased; what remains is the day, its size, the ocids of its contracts and its "
        "fingerprint (SHA-256), by which anyone with the same file can see that it was sent"
    ),
}


KINDS = {
    Submission.Kind.OCDS: _lazy("OCDS file"),
    Submission.Kind.SIMPLE_CONTRACT: _lazy("What you wrote"),
    Submission.Kind.TABLE: _lazy("Table"),
    Submission.Kind.DOCUMENT: _lazy("Document"),
    Submission.Kind.BUNDLE: _lazy("ZIP or e-mail"),
}


class Shown(NamedTuple):
    """What became of a submission, for its page."""

    entry: Followed

    @property
    def state(self) -> Any:
        """What became of it, in words."""
        return STATES["unexplained" if self.entry.lacks_mapping else self.entry.state]

    @property
    def kind(self) -> Any:
        """What it is, since no name of it is kept."""
        return KINDS[Submission.Kind(self.entry.kind)]

    @property
    def may_explain(self) -> bool:
        """Whether its sender is offered to say what its columns hold, though rows were read: where something lacks."""
        by_hand = {sheet["mapping"] for sheet in self.entry.sheets if sheet["rows_read"]} & {GENERAL, GIVEN}
        trial = self.trial
        lacks = trial.unused or trial.names_no_buyer or trial.without_currency or trial.without_country
        return bool(by_hand and lacks) and self.entry.state == "held" and self.entry.may_go

    @property
    def same(self) -> list[dict[str, Any]]:
        return [same_as_json(entry) for entry in self.entry.same]

    @property
    def corrections(self) -> list[dict[str, Any]]:
        """Which values were not read as they were sent, where in OCDS, and what was done with them."""
        is_ocds = self.entry.kind == Submission.Kind.OCDS
        return [
            {
                "where": f"{entry.ocid}, {entry.correction.path}" if is_ocds else "",
                "detail": correction_detail(entry.correction.reason),
                "found": "" if is_withheld(entry.correction.path, entry.correction.found) else entry.correction.found,
            }
            for entry in self.entry.corrections
        ]

    @property
    def trial(self) -> Trial:
        """What was read, and what is wrong with it."""
        # How an amount is read was shown before it was sent.
        is_facts = self.entry.kind == Submission.Kind.SIMPLE_CONTRACT
        problems = [entry for entry in self.entry.problems if not (is_facts and entry.code == "amount_read")]
        is_ocds = self.entry.kind == Submission.Kind.OCDS
        releases = self.entry.counts.get("releases_read", 0) if is_ocds else 0
        sheets = self.entry.sheets
        more = {"names_no_buyer": names_no_buyer(sheets), "releases": releases}
        trial = trial_of(sheets, problems, len(problems), **more)
        if is_facts:
            for entry in trial.problems:
                field = field_of(entry["pointer"])
                entry["where"] = ContractForm.base_fields[field].label if field else entry["where"]
        return trial


def show_receipt(
    request: HttpRequest,
    language: str,
    words: str,
    receipt: Receipt | None,
    typed: Typed = Typed(),  # noqa: B008  -- never changed
    sent: Sequence[Sent] = (),
) -> HttpResponse:
    return answer(
        request,
        "sending/status.html",
        language,
        status=404 if words and not receipt else 200,
        words=words,
        receipt=receipt,
        message=typed.message,
        typed=typed,
        sent=sent,
        followed=[Shown(entry) for entry in follow(receipt)] if receipt else [],
        questions=receipt.questions.all() if receipt else [],
        may_be_taken_back=receipt is not None and may_be_taken_back(receipt),
        may_send=may_send(request),
        kept=RetentionPolicy.in_force(),
        has_text=receipt is not None and receipt.submissions.filter(kind=Submission.Kind.SIMPLE_CONTRACT).exists(),
        has_bundle=receipt is not None and receipt.submissions.filter(kind=Submission.Kind.BUNDLE).exists(),
        is_one_of_several=receipt is not None and receipt.submissions.filter(erased_on=None).count() > 1,
        most_files=MAX_FILES,
        most_size=limit_in_words(settings.VEEDOR_MAX_BODY_BYTES),
    )


def submission_of(receipt: Receipt, named: str) -> Submission | None:
    """Return the submission of a receipt that a form names, ``None`` if there is none."""
    return receipt.submissions.filter(pk=named).first() if _UUID.fullmatch(named) else None
