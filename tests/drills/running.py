"""The drills in their full sizes, on servers of their own. Started by ``python -m tests.drills``."""

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from config import embedded
from contracts.models import Submission
from tests.drills import kills
from tests.drills.addresses import addresses, known_values
from tests.drills.files import known_files
from tests.drills.filling import fill
from tests.drills.gets import Asking
from tests.drills.posting import Posting
from tests.drills.seeds import seeds
from tests.drills.sending import Sending
from tests.drills.site import Site, make_readers, make_senders
from tests.drills.tally import Tally

# Bodies taken in before anything is asked for, where the bodies of the drill before are not there.
FILLING = 300


def run(home: Path, parts: Sequence[str], options: Namespace) -> int:
    """Run the parts; return how many violations there were."""
    tallies = []
    try:
        embedded.ensure_broker(home)
        call_command("migrate", verbosity=0)
        with Path("/dev/null").open("w") as nowhere:
            call_command("loadreference", stdout=nowhere)
        for part in parts:
            tally = Tally(part, options.seed, options.output)
            tallies.append(tally)
            try:
                PARTS[part](home, tally, options)
            finally:  # also what was found until somebody interrupts it
                print("\n".join(tally.lines()), flush=True)
    finally:
        connection.close()
        embedded.stop_servers(home)
    return sum(len(tally.violations) for tally in tallies)


def _bodies(home: Path, tally: Tally, options: Namespace) -> None:
    site = Site(home, broker=settings.CELERY_BROKER_URL)
    site.start()
    try:
        posting = Posting(site, make_senders(), tally, seeds(with_real=not options.own_only))
        posting.run(range(options.first, options.first + options.bodies))
    finally:
        site.stop()


def _files(home: Path, tally: Tally, options: Namespace) -> None:
    site = Site(home, broker=settings.CELERY_BROKER_URL)
    site.start()
    try:
        sending = Sending(site, make_senders()["trusted"], tally, known_files(with_real=not options.own_only))
        sending.run(range(options.first, options.first + options.files))
    finally:
        site.stop()


def _gets(home: Path, tally: Tally, options: Namespace) -> None:
    readers = make_readers()
    if not Submission.objects.exists():
        fill(options.seed, FILLING)
    site = Site(home, broker=settings.CELERY_BROKER_URL)
    site.start()
    try:
        asking = Asking(site, readers, tally, known=known_values())
        asking.run(range(options.first, options.first + options.gets), addresses())
    finally:
        site.stop()


def _kills(home: Path, tally: Tally, options: Namespace) -> None:
    settings.VEEDOR_LEASE_SECONDS = kills.LEASE_SECONDS
    kills.run(home, settings.CELERY_BROKER_URL, tally, kills=options.kills, kinds=kills.KINDS)


def _operations(home: Path, tally: Tally, options: Namespace) -> None:
    from tests.drills.operations import ask_operations

    readers = make_readers()
    if not Submission.objects.exists():
        fill(options.seed, 0)
    site = Site(home, broker=settings.CELERY_BROKER_URL, surroundings={"VEEDOR_THROTTLE_EXPORTS": "10000000/min"})
    site.start()
    try:
        people = [readers[name] for name in ("anonymous", "journalist", "auditor")]
        ask_operations(site, people, tally, examples=options.examples)
    finally:
        site.stop()


PARTS = {"bodies": _bodies, "files": _files, "gets": _gets, "kills": _kills, "operations": _operations}
