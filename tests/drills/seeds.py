"""Documents that bodies are made of: our own, and the real ones that lie beside the checkout, where they are."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from tests.contracts.api.sending import SIMPLE
from tests.support import bidding
from tests.support.purchases import purchase
from tests.support.records import release
from tests.support.shared import OCDS_FILES, SHARED
from tests.support.triage import made_up_release

EXAMPLES = Path(__file__).parents[2] / "fixtures" / "examples"
MAX_FILE = 400_000
# Of a package so many entries are enough; the rest would only take time.
MAX_ENTRIES = 3


class Seed(NamedTuple):
    name: str
    document: Any
    weight: float = 1.0


@lru_cache
def seeds(*, with_real: bool = True) -> tuple[Seed, ...]:
    """Return the documents, always in one order; the real ones count as much as ours in all."""
    own = [
        Seed("release", release()),
        Seed("made up", made_up_release("ocds-madeup-1")),
        Seed("purchase", purchase(1)),
        Seed("consortium", purchase(2, suppliers=("S1", "S2", "S3"))),
        Seed("bids", bidding.process(1, statuses=("valid", "disqualified", "valid", "pending"))),
        Seed("simple contract", SIMPLE),
        Seed("package", {"uri": "https://example.org/1", "version": "1.1", "releases": [release(), purchase(3)]}),
        Seed("record", {"records": [{"ocid": "ocds-test01-1", "releases": [release()]}]}),
        Seed(
            "compiled", {"records": [{"ocid": "ocds-test01-1", "compiledRelease": made_up_release("ocds-test01-1")}]}
        ),
        *(Seed(path.name, _cut(json.loads(path.read_bytes()))) for path in sorted(EXAMPLES.glob("*.json"))),
    ]
    if not with_real:
        return tuple(own)
    found = []
    for path in (*OCDS_FILES, *sorted((SHARED / "data" / "ocds-real").rglob("*.json"))):
        if path.stat().st_size <= MAX_FILE:
            # Small ones more often: what goes wrong is in the shape, and the large ones take the time.
            name = str(path.relative_to(SHARED / "data"))
            found.append(Seed(name, _cut(json.loads(path.read_bytes())), 1 / (1 + path.stat().st_size / 10_000)))
    total = sum(seed.weight for seed in found) / len(own)
    return (*own, *(seed._replace(weight=seed.weight / total) for seed in found))


def _cut(document: Any) -> Any:
    if isinstance(document, list):
        return document[:MAX_ENTRIES]
    if not isinstance(document, dict):
        return document
    packages = {"releases", "records"}
    return {
        name: value[:MAX_ENTRIES] if name in packages and isinstance(value, list) else value
        for name, value in document.items()
    }
