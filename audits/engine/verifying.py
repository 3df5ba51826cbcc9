"""Compares a flag with its rule's current outcome on the stored record."""

import json
from typing import NamedTuple

from audits.engine.flags import rows_of
from audits.engine.judged import Judged
from audits.engine.processes import judge_again
from audits.engine.raising import read_withheld
from audits.engine.suppliers import is_same_judgement
from audits.models import Flag


class Verified(NamedTuple):
    """
    The result of comparing a flag with its rule's current outcome on the stored record.

    ``inputs`` names the inputs that changed since it was judged: ``record``, ``rule_off``, ``rule_version``,
    ``parameters``, ``figures``. ``differences`` names the columns of the flag that differ from the rule's finding, or
    ``raised``.
    """

    inputs: list[str]
    differences: list[str]

    @property
    def is_equal(self) -> bool:
        return not self.inputs and not self.differences


class UnverifiableError(Exception):
    """There is no stored record to judge again."""


def verify_flag(flag: Flag) -> Verified:
    """
    Judge the stored record of a flag again under the rules in force, writing nothing.

    :raises UnverifiableError: if the flag is about an organization, or its record was erased
    """
    if flag.process_id is None:
        raise UnverifiableError("The flag is about an organization; only flags on processes are verified.")
    withheld = read_withheld(flag.process_id, flag.rule) if flag.is_raised_by_hand else None
    judged = withheld.entry if withheld else judge_again(flag.process_id)
    if judged is None:
        raise UnverifiableError("The record of the flag was erased.")
    return _compare(flag, judged)


def _compare(flag: Flag, entry: Judged) -> Verified:
    """
    Compare a flag with the current outcome of its rule.

    :param entry: its subject, judged again by all rules
    """
    bound, audit = entry.rule_set.by_code.get(flag.rule), flag.last_audit
    differing = {
        "record": bytes(audit.process_digest) != entry.process_digest,
        "rule_off": bound is None,
        "rule_version": bound is not None and bound.rule.version != flag.rule_version,
        "parameters": bound is not None and json.loads(bound.stored_parameters) != flag.parameters,
        # The key "" stands for the circumstances of the record.
        "figures": bound is not None
        and any(audit.figures.get(name) != entry.figures.get(name) for name in ("", *bound.rule.reads)),
    }
    inputs = [name for name, differs in differing.items() if differs]
    rows = {row.fingerprint: row for row in rows_of(entry, audit.pk, audit.audited_at, {})}
    row = rows.get(bytes(flag.fingerprint))
    if flag.withdrawn_at is not None:
        # The inputs of a withdrawn flag are those of when it was raised; only whether it is raised now is compared.
        return Verified([], []) if row is None else Verified(inputs, ["raised"])
    if row is None:
        return Verified(inputs, ["raised"])
    columns = {
        "severity": row.severity == flag.severity,
        "sentence": row.sentence == flag.sentence,
        "values": json.loads(row.values) == flag.values,
        "evidence": json.loads(row.evidence) == flag.evidence,
        "judged_digest": is_same_judgement(flag, row.judged_digest),
    }
    return Verified(inputs, [name for name, is_same in columns.items() if not is_same])
