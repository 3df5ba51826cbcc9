"""What the parts of the benchmark share: the servers, how much is asked for, and the records that are stored."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pgtrigger
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection

from contracts.models import ApiToken
from tests.benchmarks import releases
from tests.benchmarks.costs import Cost, cost
from tests.support.stock import write_stock

# How many programs load and audit at a time: one for each core of a small machine.
PROGRAMS = 2


class Bench:
    """
    A run of the benchmark.

    `count` is how many processes it stores, `megabytes` the size of the file for memory; `is_small` asks for releases
    of some 650 bytes instead of 8 kB, `is_stock` for rows that the database writes by itself.
    """

    def __init__(self, home: Path, *, count: int, megabytes: int, is_small: bool, is_stock: bool = False) -> None:
        self.home = home
        self.count = count
        self.megabytes = megabytes
        self.is_small = is_small
        self.is_stock = is_stock
        self.stored = 0

    def prepare(self) -> None:
        call_command("migrate", verbosity=0)
        with Path(os.devnull).open("w") as nowhere:
            call_command("loadreference", stdout=nowhere)

    def sizes(self) -> list[int]:
        """Return how many processes are stored after each slice: four equal ones, or by threes from 10,000."""
        if self.count <= 40_000:
            return [self.count * quarter // 4 for quarter in range(1, 5)]
        steps = [10_000 * 3**power for power in range(12)]
        return [*(step for step in steps if step < self.count * 0.6), self.count]

    def documents(self, start: int, stop: int) -> Iterator[bytes]:
        make = releases.small_process if self.is_small else releases.process
        return (releases.dump(make(1, index)) for index in range(start, stop))

    def empty(self) -> None:
        # Decisions refuse to be removed, but these are of a database that is made for the benchmark.
        with pgtrigger.ignore(), connection.cursor() as cursor:
            cursor.execute(
                "TRUNCATE contracts_content, contracts_organization, contracts_change, audits_cohort CASCADE"
            )
        self.stored = 0

    def load_more(self, stop: int) -> Cost:
        """Load records up to a number as two files in two programs, as two workers would; return what it cost."""
        paths = [self.home / f"load-{number}.jsonl" for number in range(PROGRAMS)]
        share = -(-(stop - self.stored) // PROGRAMS)
        for number, path in enumerate(paths):
            begin = self.stored + number * share
            with path.open("wb") as file:
                releases.write_lines(self.documents(begin, min(begin + share, stop)), file)
        spent = self.together([["load", str(path), "--json"] for path in paths])
        for path in paths:
            path.unlink()
        self.stored = stop
        self.settle_tables()
        return spent

    def audit(self) -> Cost:
        """Audit in two programs until nothing is due; return what it cost, without compiling the lexicon."""
        return self.together([["tests.benchmarks.auditing"]] * PROGRAMS)

    def fill(self) -> None:
        """Store and audit all records, or have the database write their rows, where no earlier part did."""
        if self.stored >= self.count:
            return
        if self.is_stock:
            write_stock(self.count, self.count // 5)
            self.stored = self.count
        else:
            self.load_more(self.count)
            self.audit()
        self.settle_tables()

    def settle_tables(self) -> None:
        """Do what autovacuum would do a minute later: the planner must know what is stored."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def together(self, commands: Sequence[Sequence[str]]) -> Cost:
        """
        Run programs at the same time; return what they cost together from when all of them were ready.

        :param commands: the name of a module, or the arguments of `manage.py`; each waits for a line
        """
        began = time.perf_counter()
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tests.benchmarks.waiting", *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for command in commands
        ]
        spent_before = 0.0
        for program in running:
            assert program.stdout
            spent_before += float(program.stdout.readline())
        started_in = time.perf_counter() - began
        with cost(self.home) as spent:
            for program in running:
                assert program.stdin
                program.stdin.write("\n")
                program.stdin.close()
            statuses = [program.wait() for program in running]
        assert not any(statuses), statuses
        spent.program -= spent_before  # what children spent is known once they ended, getting ready included
        spent.started_in, spent.start = started_in, spent_before
        return spent


def issue_token(permission: str, *scopes: str) -> str:
    """Return a token of an account that has one permission (the name in its code)."""
    user, _ = get_user_model().objects.get_or_create(username=f"bench-{permission}")
    user.user_permissions.add(Permission.objects.get(codename=permission))
    _, secret = ApiToken.objects.issue(user=user, name="bench", scopes=list(scopes))
    return secret
