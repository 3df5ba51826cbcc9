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
    # What is missing is told of the place that lacks it: of the release itself, its path ends there.
    placed = [(error, error["type"], f"{error['field']}/") for error in errors]
    received = {
        (kind, place.removeprefix(_OF_RECORD)) for _error, kind, place in placed if place.startswith(_OF_RECORD)
    }
    return [
        error
        for error, kind, place in placed
        if not place.startswith((_RELEASE, _OF_RECORD)) and (kind, place.removeprefix(_COMPILED)) not in received
    ]
