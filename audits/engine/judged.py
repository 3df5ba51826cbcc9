"""A judged subject, from which audits and flags are written."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from psycopg import sql

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import OutcomeKind, Subject
from audits.judging.rule_set import Outcome, RuleSet, is_withheld
from audits.judging.settled import UNSETTLED, Settled
from contracts.ocds.parsing.calendar_days import start_of_day

MAX_PLACES = 5


class Judged(Struct):
    """
    The input read for one subject, and the outcome of every rule.

    ``subject_id`` is its primary key, ``identity`` its ocid or the key of the organization. ``process_digest``,
    ``sectors``, ``figures`` and ``kept`` are for processes: digests of the input beside the record, and stored
    outcomes of the previous audit that remain valid because their rules read nothing new. ``stands`` is the previous
    audit, if the rules that read something new found nothing before and now. ``peers_version`` and ``settled`` as in
    ``Audit``.
    """

    subject_id: int
    identity: str
    country: str
    dossier_digest: bytes
    rule_set: RuleSet
    outcomes: tuple[Outcome, ...] = ()
    process_digest: bytes = b""
    sectors: Sequence[str] = ()
    sector_evidence: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, str] = {}
    peers_version: int | None = None
    settled: Settled = UNSETTLED
    kept: Mapping[str, Mapping[str, Any]] = {}
    stands: int | None = None
    subject: Subject = Subject.PROCESS
    is_held: bool = False

    def moment(self, now: datetime) -> datetime:
        """Return when it is audited: for held records only the day, because the minute could identify the sender."""
        return start_of_day(now) if self.is_held else now

    @property
    def is_open(self) -> bool:
        """Whether some rules have no outcome."""
        return len(self.outcomes) + len(self.kept) < len(self.rule_set.rules)

    @property
    def failed(self) -> list[str]:
        """The codes of failed rules."""
        return [outcome.code for outcome in self.outcomes if outcome.kind is OutcomeKind.FAILED]

    @property
    def withheld(self) -> list[str]:
        """The codes of rules that withhold findings."""
        answered = {outcome.code: outcome.is_withheld for outcome in self.outcomes}
        kept = {code: is_withheld(answer["kind"], answer.get("reason", "")) for code, answer in self.kept.items()}
        return sorted(code for code, is_held in {**kept, **answered}.items() if is_held)

    @property
    def subject_column(self) -> str:
        """The column that names the subject."""
        return f"{self.subject.value}_id"

    @property
    def subject_columns(self) -> dict[str, int | None]:
        """The values of the two columns that name the subject."""
        return {f"{subject.value}_id": self.subject_id if subject is self.subject else None for subject in Subject}

    @property
    def conflict_condition(self) -> sql.Composable | None:
        """The condition of the unique index: those for organizations are partial."""
        if self.subject is Subject.PROCESS:
            return None
        return sql.SQL("{} IS NOT NULL").format(sql.Identifier(self.subject_column))


def sector_places(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the first ``MAX_PLACES`` places of each sector of a process; empty without sectors."""
    left = dict.fromkeys(dossier.sectors, MAX_PLACES)
    found = []
    for place in dossier.scope.evidence if left else ():
        if left.get(place.sector):
            left[place.sector] -= 1
            words = place.value
            if place.start is not None and place.end is not None and place.path in dossier.by_path:
                words = passage(dossier.by_path[place.path], place.start, place.end)
            span = {"start": place.start, "end": place.end}
            found.append({"sector": place.sector, "path": place.path, "passage": words, **span, "note": place.note})
    return found
