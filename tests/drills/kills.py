"""
Kills by chance: workers, their children, web, broker and database die, and the broker forgets, while submissions
arrive and rules change. Then all comes to rest, and is what it is without a kill: nothing lost, nothing doubled,
nothing half-done.
"""

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import pgtrigger
import psutil
import redis
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from audits.engine import cohorts, organizations, processes
from audits.models import Audit, AuditAttempt, Flag, RuleOverride
from config import embedded
from config.celery import app
from config.child_processes import Supervised
from config.embedded import PrivateBroker, PrivatePostgreSQL
from contracts.intake.processing import process_submission, retry
from contracts.models import Content, ContractingProcess, Release, Submission
from contracts.submitting import submit
from contracts.tasks import enqueue
from tests.drills.bodies import SUBMISSIONS
from tests.drills.posting import digest_of_chunks
from tests.drills.site import PREFIX, Person, Site, make_senders
from tests.drills.tally import Tally
from tests.drills.wire import request_bytes
from tests.support.auditing import settle
from tests.support.bidding import process as process_with_bids
from tests.support.purchases import TITLES, purchase

LEASE_SECONDS = 10
SWEEP_SECONDS = 2
SETTLE_SECONDS = 900
BODIES_A_KILL = 2
# How often a rule is switched off or on while submissions arrive: everything is audited again.
CHANGES_OF_RULES = 2
# Those that need no server of our own, and all.
WITHOUT_SERVERS = ("worker", "worker", "child", "flush")
KINDS = (*WITHOUT_SERVERS * 2, "web", "web child", "broker", "database")
SENDERS = ("publisher", "publisher", "trusted", "held")
MAX_DIFFERENCES = 5


class Body(NamedTuple):
    sender: str
    data: bytes


class Seen(NamedTuple):
    """What the database holds at rest: the same for the same bodies, in whatever order they were tried how often."""

    submissions: dict[str, Any]
    releases: dict[str, Any]
    processes: dict[str, Any]
    outcomes: dict[str, Any]
    flags: dict[str, Any]


def run(
    home: Path, broker: str, tally: Tally, *, kills: int, kinds: Sequence[str], lease: int = LEASE_SECONDS
) -> None:
    """Kill on a site of its own, and compare with a run without; ``settings.VEEDOR_LEASE_SECONDS`` is ``lease``."""
    bodies = make_bodies(tally.seed, BODIES_A_KILL * kills)
    senders = make_senders()
    empty(broker)
    calm = run_calmly(bodies, {name: sender.user for name, sender in senders.items()}, tally)
    empty(broker)
    site = Site(home, broker=broker, surroundings={"VEEDOR_LEASE_SECONDS": str(lease)})
    site.start()
    try:
        struck = Killing(site, senders, tally).run(bodies, kills=kills, kinds=kinds)
    finally:
        site.stop()
    compare(tally, bodies, calm, struck)


def make_bodies(seed: str, count: int) -> list[Body]:
    """
    Return bodies of one to forty made-up processes each: purchases of technology, and processes with bids.

    Of some processes of the publisher a second release follows. No two senders share an ocid or an amount: who may
    speak of an ocid first, and which of two equal contracts is held, the order of arrival decides, which kills change.
    """
    chance = random.Random(f"{seed}/kills")
    bodies = []
    known: list[dict[str, Any]] = []
    for number in range(count):
        sender = SENDERS[number % len(SENDERS)]
        records = []
        for place in range(chance.choice((1, 1, 2, 5, 40))):
            record = _record(chance, f"{PREFIX}-{sender}-{number}-{place}", sender, cents=100 * number + place)
            records.append(record)
        if sender == "publisher":
            if known and chance.random() < 0.5:
                earlier = chance.choice(known)
                changed = {
                    **earlier,
                    "id": f"2-{number}",
                    "date": f"2024-09-{1 + number % 28:02}T{number % 24:02}:00:00Z",
                }
                records.append(changed | {"tender": {**earlier["tender"], "title": f"Segundo aviso {number}"}})
                known.remove(earlier)
            known.append(records[0])
        bodies.append(Body(sender, b"\n".join(json.dumps(record).encode() for record in records)))
    return bodies


def _record(chance: random.Random, ocid: str, sender: str, *, cents: int) -> dict[str, Any]:
    if chance.random() < 0.3:
        statuses = tuple(chance.choice(("valid", "disqualified")) for _ in range(chance.choice((1, 2, 4))))
        record = process_with_bids(1, buyer=f"B{chance.randrange(5)}", statuses=statuses)
    else:
        amount = chance.choice((1000, 25_000, 90_000, None))
        record = purchase(
            1,
            supplier=f"S{chance.randrange(8)}",
            buyer=f"B{chance.randrange(5)}",
            amount=amount and amount + cents / 100,
            date=f"2024-0{chance.randrange(1, 9)}-1{chance.randrange(10)}",
            method=chance.choice(("open", "direct", "limited")),
            title=chance.choice(
                (*TITLES.values(), "Prueba piloto de cámaras de videovigilancia", "Sillas de oficina")
            ),
        )
    if sender != "publisher":
        ocid = ocid.replace(PREFIX, f"ocds-drill-{sender}")
    return record | {"ocid": ocid}


def run_calmly(bodies: Sequence[Body], accounts: dict[str, Any], tally: Tally) -> Seen:
    """Take the same bodies in without web, workers or kills, one after the other; return what comes of them."""
    for number in range(CHANGES_OF_RULES):
        _switch_rule()
        for body in bodies[number::CHANGES_OF_RULES]:
            submission, *_ = submit(iter([body.data]), channel=Submission.Channel.API, user=accounts[body.sender])
            process_submission(submission.pk)
    _settle_figures(tally)
    return see()


class Killing:
    """Sends bodies to the real site, and strikes in between."""

    def __init__(self, site: Site, senders: dict[str, Person], tally: Tally) -> None:
        self.site = site
        self.senders = senders
        self.tally = tally
        self.swept = 0.0
        self.chance = random.Random(f"{tally.seed}/strikes")

    def run(self, bodies: Sequence[Body], *, kills: int, kinds: Sequence[str]) -> Seen:
        waiting: list[Body] = []
        for number in range(kills):
            *first, last = bodies[number::kills]
            waiting = [body for body in (*waiting, *first) if not self._send(body)]
            if number % (kills // CHANGES_OF_RULES + 1) == 0:
                self._insist(_switch_rule)
            self._sweep()
            time.sleep(self.chance.uniform(0, 1.5))
            # Right before: a machine with nothing else to do is done with the others by now.
            waiting = [body for body in (*waiting, last) if not self._send(body)]
            self._strike(self.chance.choice(kinds))
        deadline = time.monotonic() + SETTLE_SECONDS
        while waiting and time.monotonic() < deadline:
            waiting = [body for body in waiting if not self._send(body)]
        if waiting:
            self.tally.violate(f"{len(waiting)} bodies were never taken")
        self._come_to_rest()
        return see()

    def _send(self, body: Body) -> bool:
        """Send a body; return whether there is a receipt. Who has none sends the same again."""
        headers = (
            (b"Content-Type", b"application/jsonl"),
            (b"Content-Length", b"%d" % len(body.data)),
            *self.senders[body.sender].headers(),
        )
        answer = self.site.ask(request_bytes(b"POST", SUBMISSIONS.encode(), headers, body.data))
        self.tally.count(f"submissions/ {answer.status or 'no answer'}")
        if answer.status not in {0, 200, 202, 503}:
            self.tally.violate(f"{answer.status} {answer.body[:200]!r}", body.sender, request=body.data)
        return answer.status in {200, 202}

    def _sweep(self) -> None:
        """Remind the workers as the schedule does, more often."""
        if time.monotonic() - self.swept < SWEEP_SECONDS:
            return
        self.swept = time.monotonic()
        for name in settings.CELERY_BEAT_SCHEDULE:
            try:
                app.send_task(name)
            except BrokerError:
                self.tally.count("reminders without a broker")
                return

    def _strike(self, kind: str) -> None:
        busy = self._insist(lambda: AuditAttempt.objects.exists() or Submission.objects.due().exists())
        self.tally.count(f"killed {kind}")
        self.tally.count("kills while something was at work", int(busy))
        match kind:
            case "worker" | "web":
                struck = self.site.worker if kind == "worker" else self.site.web
                struck.kill()
                struck.start()
                self.site.wait_for_web()
            case "child":
                _kill_child(self.chance, self.site.worker)
            case "web child":
                _kill_child(self.chance, self.site.web)
                self.site.wait_for_web()
            case "flush":
                with contextlib.closing(_client(self.site.broker)) as client:
                    client.flushall()
            case "broker":
                with contextlib.closing(_client(self.site.broker)) as client:
                    number = client.info("server")["process_id"]
                os.kill(number, signal.SIGKILL)
                PrivateBroker(self.site.home).start()
            case "database":
                connection.close()
                server = PrivatePostgreSQL(self.site.home)
                number = int((server.data() / "postmaster.pid").read_text(encoding="utf-8").split()[0])
                os.kill(number, signal.SIGKILL)
                server.start()
            case _:
                raise ValueError(kind)

    def _insist(self, ask: Callable[[], Any]) -> Any:
        """Ask the database, which may just have died."""
        for _ in range(20):
            try:
                return ask()
            except (InterfaceError, OperationalError):
                connection.close()
                time.sleep(0.5)
        return ask()

    def _come_to_rest(self) -> None:
        """Let the workers do what is due; retry, as an operator does, what died three times; catch_up the figures."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while unfinished := self._insist(_unfinished):
            if time.monotonic() > deadline:
                self.tally.violate(f"not at rest within {SETTLE_SECONDS} seconds: {unfinished}")
                return
            self._sweep()
            self._retry()
            time.sleep(0.3)
        _settle_figures(self.tally)

    def _retry(self) -> None:
        for pk in self._insist(lambda: retry(Submission.objects.all())):
            self.tally.count("submissions that died three times, retried")
            enqueue(pk)
        given_up = self._insist(lambda: list(AuditAttempt.objects.failed().values_list("process__ocid", flat=True)))
        if given_up:
            self.tally.count("audits that died three times, retried", len(given_up))
            call_command("audit", ocid=given_up, stdout=StringIO())


def _settle_figures(tally: Tally) -> None:
    """Audit what is due, and whoever reads figures that this changed, until nothing changes any more."""
    for _ in range(20):
        settle()
        if not cohorts.refresh_cohorts().stale and not processes.count_due() and not organizations.count_due():
            return
    tally.violate("figures do not come to rest")


def compare(tally: Tally, bodies: Sequence[Body], calm: Seen, struck: Seen) -> None:
    """Note every difference between a run without kills and one with them, and what is doubled or half-done."""
    for name in Seen._fields:
        expected, found = getattr(calm, name), getattr(struck, name)
        tally.count(f"{name} compared", len(expected))
        lost, more = expected.keys() - found.keys(), found.keys() - expected.keys()
        changed = [key for key in expected.keys() & found.keys() if expected[key] != found[key]]
        for what, keys in (("lost", lost), ("more", more), ("different", changed)):
            for key in sorted(keys)[:MAX_DIFFERENCES]:
                tally.violate(f"{name} {what} ({len(keys)}): {key}: {expected.get(key)} / {found.get(key)}"[:1000])
    if Submission.objects.count() != len(bodies):
        tally.violate(f"{len(bodies)} bodies are {Submission.objects.count()} submissions")
    for content in Content.objects.values_list("sha256", flat=True):
        if digest_of_chunks(content) != content:
            tally.violate(f"the bytes of {content} are others")
    doubled = Audit.objects.filter(is_current=True, organization=None).count() - ContractingProcess.objects.count()
    if doubled or AuditAttempt.objects.exists():
        tally.violate(
            f"{doubled} current audits more than processes, {AuditAttempt.objects.count()} attempts unfinished"
        )


def see() -> Seen:
    """Return what the database holds; without times and numbers of rows, which differ from run to run."""
    audits = Audit.objects.filter(is_current=True).select_related("process", "organization")
    flags = Flag.objects.standing().select_related("process", "organization")
    releases = Release.objects.values_list("ocid", "digest", "claim", "submission__content")
    return Seen(
        submissions={
            submission.content_id: (submission.state, submission.counts.get("releases_read"), _problems(submission))
            for submission in Submission.objects.all()
        },
        releases={
            f"{ocid} {bytes(digest).hex()}": (claim is None, content) for ocid, digest, claim, content in releases
        },
        processes={
            process.ocid: (bytes(process.digest).hex(), process.verification, process.release_count)
            for process in ContractingProcess.objects.all()
        },
        outcomes={_subject(audit): (audit.outcomes, audit.failed, audit.is_due) for audit in audits},
        flags={
            f"{_subject(flag)} {flag.rule} {bytes(flag.fingerprint).hex()}": (flag.state, flag.severity, flag.values)
            for flag in flags
        },
    )


def _subject(row: Audit | Flag) -> str:
    return row.process.ocid if row.process else row.organization.key


def _problems(submission: Submission) -> list[str]:
    """Return the codes of its problems, but of what is told of the order of arrival."""
    codes = (problem.code for problem in submission.found_problems)
    return sorted(code for code in codes if code != "release_older_than_known")


def empty(broker: str) -> None:
    """Remove all records and what came of them from a database that is made for the drill, and all messages."""
    with contextlib.closing(_client(broker)) as client:
        client.flushall()
    RuleOverride.objects.all().delete()
    tables = ("contracts_content", "contracts_organization", "contracts_contractingprocess", "audits_cohort")
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join((*tables, 'audits_peergroup'))} CASCADE")


def _unfinished() -> str:
    """Return what is not at rest, empty for nothing."""
    waiting = Submission.objects.filter(processed_at=None).count()
    due = processes.count_due()
    attempts = AuditAttempt.objects.count()
    return f"{waiting} submissions, {due} processes, {attempts} attempts" if waiting or due or attempts else ""


def _switch_rule() -> None:
    override, is_new = RuleOverride.objects.get_or_create(rule="R018", parameter="", defaults={"source": "The drill."})
    if not is_new:
        override.enabled = not override.enabled
        override.save()


def _kill_child(chance: random.Random, process: Supervised) -> None:
    assert process.process
    children = psutil.Process(process.process.pid).children()
    if children:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself, just now
            chance.choice(sorted(children, key=lambda child: child.pid)).kill()


def _client(broker: str) -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_url(broker))
