"""What a drill found: counts, the worst memory and seconds of one request, violations and how to see them again."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

# More of one kind say no more.
MAX_KEPT = 20


class Tally:
    """The figures of one drill; ``folder`` receives what shows a violation again."""

    def __init__(self, drill: str, seed: str, folder: Path) -> None:
        self.drill = drill
        self.seed = seed
        self.folder = folder
        self.counts: Counter[str] = Counter()
        self.worst: dict[str, tuple[float, str]] = {}
        self.violations: list[str] = []

    def count(self, name: str, number: int = 1) -> None:
        self.counts[name] += number

    def note_worst(self, name: str, figure: float, shown_by: str) -> bool:
        """Keep the largest figure of a name and what showed it; return whether this is the largest."""
        if figure <= self.worst.get(name, (0.0, ""))[0]:
            return False
        self.worst[name] = (figure, shown_by)
        return True

    def violate(self, what: str, shown_by: str = "", **files: bytes) -> None:
        """Note what must not be; ``files`` are written to the folder."""
        self.violations.append(f"{what} [{shown_by}]" if shown_by else what)
        if len(self.violations) <= MAX_KEPT:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", f"{self.drill} {self.seed} {shown_by}").strip("-")[:80]
            for suffix, data in files.items():
                (self.folder / f"{name}.{suffix}").write_bytes(data)

    def lines(self) -> Iterable[str]:
        """Yield the table."""
        yield f"{self.drill}, seed {self.seed}"
        for name, number in sorted(self.counts.items()):
            yield f"  {name:<44}{number:>10,}"
        for name, (figure, shown_by) in sorted(self.worst.items()):
            yield f"  {'worst ' + name:<44}{figure:>10,.2f}  {shown_by}"
        yield f"  {'violations':<44}{len(self.violations):>10,}"
        for violation in self.violations[:MAX_KEPT]:
            yield f"    {violation}"
