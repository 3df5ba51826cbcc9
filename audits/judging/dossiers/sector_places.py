"""The places that the technology sectors of a process rest on, as they are stored and shown."""

from typing import Any

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import passage

MAX_PLACES = 5


def sector_places(dossier: Dossier) -> list[dict[str, Any]]:
    """Return the first ``MAX_PLACES`` places of each sector of a process, none of a process without one."""
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
