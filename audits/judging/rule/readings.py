"""How many flags of a rule were right where people read them: data, ``fixtures/reference/readings.csv``."""

from functools import cache

from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Reading(Struct, frozen=True):
    """
    Flags of a rule on records of sources that nobody had tuned it on, read by people who had not written the rule.

    Of ``read``, ``right`` were right and ``wrong`` wrong (``None`` if not told apart); the rest was true, but idle.
    Most were read under earlier versions. A rule goes on trial below six in ten, and returns once six in ten of thirty
    or more that were read since its last change are right.
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


def trial_figures(rule: str) -> dict[str, int]:
    """Return why a rule is on trial: how many of its flags were ``right``, of how many that people ``read``."""
    reading = _readings()[rule]
    return {"right": reading.right, "read": reading.read}


@cache
def _readings() -> dict[str, Reading]:
    return {
        row["rule"]: Reading(int(row["read"]), int(row["right"]), int(row["wrong"]) if row["wrong"] else None)
        for row in fixture_rows("reference/readings")
    }
