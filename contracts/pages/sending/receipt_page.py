"""What became of what was sent, for the page of its receipt."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _lazy

from contracts.models import Submission
from contracts.models.process import is_withheld
from contracts.pages.sending.contract_form import ContractForm, field_of
from contracts.pages.sending.tables import Trial, names_no_buyer, trial_of
from contracts.receipts import Followed
from contracts.tables.headers.names import GENERAL, GIVEN
from contracts.translating import correction_detail, same_as_json

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
