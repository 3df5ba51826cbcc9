"""Compare a flag with what its rule says now of the stored record."""

from audits.engine.flags import Verified, verify
from audits.engine.processes import judge_again
from audits.engine.raising import read_withheld
from audits.models import Flag


class UnverifiableError(Exception):
    """There is no stored record that could be judged again."""


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
    return verify(flag, judged)
