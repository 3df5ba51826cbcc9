"""The engine's input for contracting processes: records as dossiers, and outcomes of the previous audit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.habits import AS_MOST
from audits.judging.figures.processes import SOURCE_HABITS, ProcessFigures, figure_digests
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import Outcome, RuleSet, is_withheld
from audits.models import Audit
from audits.reference.rule_sets import RuleSets
from contracts.intake.documents.attaching import document_versions, read_documents
from contracts.ocds.gate.document import decode_stored
from contracts.postgres.isolating import INTERRUPTIONS
from contracts.postgres.querying import query

Answers = Mapping[str, Mapping[str, Any]]
# Outcomes that may belong to a flag, including one raised by hand.
_OF_FLAGS = (OutcomeKind.FLAGGED, OutcomeKind.FAILED)


class Record(NamedTuple):
    """
    The record of a process, without its compiled release.

    ``documents`` are the SHA-256 of its documents, each with the version of its text. ``bodies`` are the organizations
    that it names and that were merged, each with the one kept: ``12>7``. ``same_as`` is the process that counts in
    place of it, by people's decision.
    """

    process_id: int
    ocid: str
    digest: bytes
    country: str
    verification: str
    publisher_country: str
    time_zone: str
    documents: tuple[tuple[str, str], ...] = ()
    bodies: tuple[str, ...] = ()
    same_as: int | None = None

    @property
    def circumstances(self) -> str:
        """What is known about the record but not part of it, as text."""
        read = "".join(f" {sha256} {version}" for sha256, version in self.documents)
        merged = "".join(f" {body}" for body in self.bodies)
        same = f" ={self.same_as}" if self.same_as else ""
        return f"{self.verification} {self.publisher_country} {self.time_zone}{read}{merged}{same}"

    def digests(self, figures: ProcessFigures) -> dict[str, str]:
        """Return the digests of all input beside the record, see ``Audit.figures``."""
        return {"": self.circumstances, **figure_digests(figures)}


class EarlierAudit(NamedTuple):
    """
    The outcomes of the previous audit of the same record, circumstances and rule set.

    ``pk`` is its primary key.
    """

    pk: int
    outcomes: Answers
    sectors: Sequence[str]
    sector_evidence: Sequence[Mapping[str, Any]]
    figures: Mapping[str, str]

    def answers(self, rule_set: RuleSet, figures: Mapping[str, str]) -> Answers:
        """
        Return the outcomes that remain valid, by rule: those of rules that read no changed figure.

        A habit of the source only matters for findings: a rule's outcome without findings remains valid.
        """
        changed = {
            name for name in figures.keys() | self.figures.keys() if figures.get(name) != self.figures.get(name)
        }
        beside_findings = {name for name in changed if name.startswith(f"{SOURCE_HABITS}.")}
        standing = {}
        for entry in rule_set.rules:
            answer = self.outcomes[entry.rule.code]
            read = changed - beside_findings if _found_nothing(answer) else changed
            if read.isdisjoint(entry.rule.reads):
                standing[entry.rule.code] = answer
        return standing

    def answered_by_figures(self, rule_set: RuleSet, figures: ProcessFigures, kept: Answers) -> tuple[Outcome, ...]:
        """Return the outcomes of the rules to run again, from figures alone; none if they need the record."""
        codes = self.outcomes.keys() - kept.keys()
        rules = rule_set.by_code
        if codes and all(rules[code].rule.applies and _is_of_figures(self.outcomes[code]) for code in codes):
            return rule_set.by_figures(figures, codes, interruptions=INTERRUPTIONS)
        return ()

    def concerns_no_flag(self, outcomes: Sequence[Outcome]) -> bool:
        """Return whether new outcomes leave all flags unchanged: there were no findings, and there are none."""
        now = [(outcome.kind, outcome.reason) for outcome in outcomes]
        then = [(answer["kind"], answer.get("reason", "")) for answer in (self.outcomes[one.code] for one in outcomes)]
        return not any(kind in _OF_FLAGS or is_withheld(kind, reason) for kind, reason in (*now, *then))


def _found_nothing(answer: Mapping[str, Any]) -> bool:
    return answer["kind"] not in _OF_FLAGS and answer.get("reason") != AS_MOST


def _is_of_figures(answer: Mapping[str, Any]) -> bool:
    """Return whether a rule read its figures for an outcome: its checks of the record did not stop it."""
    is_judged = answer["kind"] in (OutcomeKind.FLAGGED, OutcomeKind.CLEAR)
    return is_judged or answer.get("field", "").startswith("statistics/")


def read_records(process_ids: Sequence[int]) -> list[Record]:
    """Return the records of processes, ordered by primary key."""
    documents = document_versions(process_ids)
    rows = query(
        """
        SELECT p.id, p.ocid, p.digest, p.country, p.verification, coalesce(publisher.country, ''),
               coalesce(publisher.time_zone, 'UTC'), ARRAY(
                   SELECT DISTINCT y.named_as_id || '>' || y.organization_id FROM contracts_party y
                   WHERE y.process_id = p.id AND y.named_as_id IS NOT NULL ORDER BY 1
               ), p.same_as_id
        FROM contracts_contractingprocess p
        LEFT JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        WHERE p.id = ANY(%s) ORDER BY p.id
        """,
        [list(process_ids)],
    )
    return [
        Record._make((pk, ocid, bytes(digest), *rest, tuple(documents.get(pk, ())), tuple(bodies), same_as))
        for pk, ocid, digest, *rest, bodies, same_as in rows
    ]


def with_other_documents(records: Sequence[Record]) -> list[int]:
    """Return the processes whose documents have changed since these records were read."""
    now = document_versions([record.process_id for record in records])
    return [record.process_id for record in records if tuple(now.get(record.process_id, ())) != record.documents]


def read_dossiers(records: Sequence[Record], rule_sets: RuleSets) -> Iterator[tuple[Record, Dossier, str]]:
    """
    Yield each record with its dossier, without figures, and the text of its compiled release.

    Processes erased meanwhile are left out. One that was compiled meanwhile is read in its current form; the writer
    notices by the digest of the record that it changed.
    """
    statement = "SELECT id, compiled_release::text FROM contracts_contractingprocess WHERE id = ANY(%s)"
    texts = dict(query(statement, [[record.process_id for record in records]]))
    documents = read_documents(sha256 for record in records for sha256, _version in record.documents)
    for record in records:
        text = texts.get(record.process_id)
        if text is not None:
            dossier = build_dossier(
                decode_stored(text),
                reference=rule_sets.reference,
                country=record.publisher_country,
                zone=ZoneInfo(record.time_zone),
                release_digest=record.digest,
                documents=[documents[sha256] for sha256, _version in record.documents if sha256 in documents],
                document_versions=record.documents,
            )
            yield record, dossier, text


def earlier_audits(records: Sequence[Record], rule_sets: RuleSets) -> dict[int, EarlierAudit]:
    """Return the complete audits of these very records under the rule sets in force, by process."""
    by_id = {record.process_id: record for record in records}
    audits = Audit.objects.filter(process__any_of=list(by_id), is_current=True, failed=[])
    found = {}
    for process_id, digest, rule_set, *rest in audits.values_list(
        "process", "process_digest", "ruleset_digest", "pk", "outcomes", "sectors", "sector_evidence", "figures"
    ):
        record, audit = by_id[process_id], EarlierAudit(*rest)
        if (
            bytes(digest) == record.digest
            and bytes(rule_set) == rule_sets.for_country(record.country).digest
            and audit.figures.get("") == record.circumstances
        ):
            found[process_id] = audit
    return found
