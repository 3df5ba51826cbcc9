"""How many flags of a rule were right where people read them: data, ``fixtures/reference/readings.csv``."""

from functools import cache

from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Reading(Struct, frozen=True):
    """
    Flags of a rule on records of sources that nobody had tuned it on, read by people who had not written the rule.

    Of ``read``, ``right`` were right and ``wrong`` wrong (``None`` if not told apart); the rest was true, but idle.
    Most were read under earlier versions.
    """

    read: int
    right: int
    wrong: int | None

    @property
    def shares(self) -> tuple[int, int | None]:
        """Return which percentages were right, and wrong."""
        return self._share(self.right), None if self.wrong is None else self._share(self.wrong)

    def _share(self, number: int) -> int:
        return (200 * number + self.read) // (2 * self.read)  # half a percent counts up, as in print


def reading_of(rule: str) -> Reading | None:
    """Return how a rule did, by its code; ``None`` if nobody read any of its flags."""
    return _readings().get(rule)


@cache
def _readings() -> dict[str, Reading]:
    return {
        row["rule"]: Reading(int(row["read"]), int(row["right"]), int(row["wrong"]) if row["wrong"] else None)
        for row in fixture_rows("reference/readings")
    }
