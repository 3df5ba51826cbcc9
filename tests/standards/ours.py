"""Which errors of a package are ours, and which its publishers made."""

from collections.abc import Sequence
from typing import Any

_RELEASE, _COMPILED = "releases/", "records/compiledRelease/"
_OF_RECORD = "records/releases/"


def errors_of_ours(errors: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the errors that are not in releases as they were received.

    A compiled release repeats what is wrong in the releases that it is made of; what is wrong in it alone is ours.

    :param errors: as lib-cove-ocds gives them, each with `type` and `field`, a path without positions
    """
    received = {
        (error["type"], error["field"].removeprefix(_OF_RECORD))
        for error in errors
        if error["field"].startswith(_OF_RECORD)
    }
    return [
        error
        for error in errors
        if not error["field"].startswith((_RELEASE, _OF_RECORD))
        and (error["type"], error["field"].removeprefix(_COMPILED)) not in received
    ]
