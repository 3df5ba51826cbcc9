"""Each drill in small, in every run of the tests; in full sizes they are run by `make drill`."""

import subprocess
import sys
import time
from io import StringIO

import psutil
import pytest
from django.core.management import call_command

from tests.conftest import HOME
from tests.drills import kills
from tests.drills.addresses import addresses, known_values
from tests.drills.bodies import make_body
from tests.drills.files import known_files, make_file
from tests.drills.filling import fill
from tests.drills.gets import Asking
from tests.drills.posting import Posting
from tests.drills.seeds import seeds
from tests.drills.sending import Sending, readers_left
from tests.drills.site import Site, make_readers, make_senders
from tests.drills.tally import Tally

SEED = "suite"


@pytest.fixture
def tally(tmp_path) -> Tally:
    return Tally("suite", SEED, tmp_path)


@pytest.fixture
def site(broker, empty_broker, transactional_db):
    call_command("loadreference", stdout=StringIO())
    site = Site(HOME, broker=broker)
    site.start()
    yield site
    site.stop()


def test_the_same_seed_and_number_give_the_same_body():
    known = seeds(with_real=False)
    assert make_body("a", 7, known) == make_body("a", 7, known)
    assert make_body("a", 7, known) != make_body("b", 7, known)
    assert len({make_body("a", number, known).payload for number in range(50)}) > 45


def test_mutated_bodies_are_kept_or_refused_and_nothing_breaks(site, tally):
    Posting(site, make_senders(), tally, seeds(with_real=False)).run(range(60))
    assert tally.counts["accepted"] > 15
    assert tally.violations == [], "\n".join(tally.lines())


def test_the_same_seed_and_number_give_the_same_file():
    known = known_files(with_real=False)
    assert make_file("a", 3, known) == make_file("a", 3, known)
    assert len({make_file("a", number, known).content for number in range(30)}) > 25


def test_the_readers_of_others_are_not_counted():
    reader = [sys.executable, "-c", "import time; time.sleep(60)", "-P -m contracts.documents.pages"]
    # A shell that ends leaves what it started to the system.
    start = ["/bin/sh", "-c", '"$@" >/dev/null & echo $!', "sh", *reader]
    foreign = psutil.Process(int(subprocess.run(start, stdout=subprocess.PIPE, check=True).stdout))
    own = subprocess.Popen(reader)
    try:
        # On a busy machine the table of processes tells of a new one a moment later.
        for _ in range(50):
            if readers_left():
                break
            time.sleep(0.1)
        assert readers_left() == [own.pid]
    finally:
        foreign.kill()
        own.kill()
        own.wait()


def test_hostile_files_are_read_or_refused_by_all_ways_in_and_nothing_dies(site, tally, monkeypatch):
    # How long answers take is for the drill, on a machine of its own.
    monkeypatch.setattr("tests.drills.sending.MAX_SECONDS", 300)
    Sending(site, make_senders()["trusted"], tally, known_files(with_real=False)).run(range(8))
    assert tally.counts["form: PDF taken"] > 1
    assert tally.counts["return with a receipt 200"] == 8
    assert tally.violations == [], "\n".join(tally.lines())


def test_odd_gets_are_answered_and_nothing_breaks(site, tally):
    readers = make_readers()
    fill(SEED, 10)
    Asking(site, readers, tally, known=known_values()).run(range(200), addresses())
    assert {"API 200", "admin 200", "API 400"} <= tally.counts.keys()
    assert tally.violations == [], "\n".join(tally.lines())


@pytest.mark.timeout(900)  # on a machine that is busy with other things
def test_kills_lose_double_and_halve_nothing(broker, empty_broker, transactional_db, settings, tally):
    settings.VEEDOR_LEASE_SECONDS = lease = 3
    call_command("loadreference", stdout=StringIO())
    kills.run(HOME, broker, tally, kills=3, kinds=kills.WITHOUT_SERVERS, lease=lease)
    assert tally.counts["kills while something was at work"] > 0
    assert tally.counts["flags compared"] > 10
    assert tally.violations == [], "\n".join(tally.lines())
