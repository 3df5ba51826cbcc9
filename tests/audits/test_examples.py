"""The examples that `make demo` loads show what the rules ask, of processes and of organizations."""

import json
from collections import defaultdict
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from audits.engine import organizations, peers, processes
from audits.engine.raising import read_withheld, sample_withheld
from audits.judging.rule.vocabulary import OutcomeKind, Severity
from audits.models import Audit, Flag
from config.demo.contract import OCID, as_pdf, contract_page, file_contract
from contracts.intake.duplicates.published_twice import update_all_pairs
from contracts.models import SameProcess, SubmissionOrigin
from tests.support import records
from tests.support.auditing import settle

EXAMPLES = Path(settings.BASE_DIR, "fixtures", "examples")
CITY = "ocds-vdrex1-city-"
# An open tender of ordinary goods, with its plan, its contract and four bids.
CLEAN = CITY + "017"
# One contract, as the portals of a municipality and of its country publish it.
TWINS = "ocds-vdrex1-sierra-001", "ocds-vdrex1n-0417"
# A machine that picks pupils for scholarships.
DECIDES = "ocds-vdrex1-es-009"
# A network of a hospital's own, which T07 finds and sets aside.
HOSPITAL = "ocds-vdrex1-es-008"

ON_ORGANIZATIONS = {
    "R013": {"Intendencia de Costa Inventada"},
    "R025": {"Almacenes Ficticios Ltda."},
    "R038": {"Proveeduría de Ejemplo S.A."},
}
# Rules that read other processes, or several bids, and where the city shows them.
ON_PROCESSES = {
    "R011": {"007", "008", "009"},
    "R024": {"018"},
    "R028": {"015"},
    "R030": {"022"},
    "R035": {"024"},
    "R036": {"019"},
    "R049": {"007"},
    "R054": {"003"},
    "R058": {"021"},
    "R069": {"003"},
    "T17": {"002", "003", "004", "006", "007", "008", "009", "010", "012", "013"},
}
# Rules about what came before: the records of the city leave out months.
ON_HISTORY = {"R040", "R050", "R051", "R052", "T08"}


@pytest.fixture
def flags(db):
    """What is flagged once the examples are loaded, audited and compared: rule → ocids, or names of organizations."""
    call_command("loadreference")
    call_command("load", str(EXAMPLES))
    file_contract(EXAMPLES / "contract-es.txt")
    settle()
    call_command("cohorts")
    assert (processes.count_due(), peers.find_due(), organizations.count_due()) == (0, [], 0)
    found = defaultdict(set)
    for flag in Flag.objects.standing().select_related("process", "organization"):
        found[flag.rule].add(flag.organization.name if flag.organization else flag.process.ocid)
    return found


def test_the_demonstration_starts_again_when_retention_has_been_there(db):
    records.load(records.release(OCID))
    file_contract(EXAMPLES / "contract-es.txt")
    before = contract_page()
    SubmissionOrigin.objects.all().delete()
    file_contract(EXAMPLES / "contract-es.txt")
    assert contract_page() == before


def test_the_examples_show_rules_that_compare_and_a_record_that_nothing_is_asked_about(flags):
    assert {rule: flags[rule] for rule in ON_ORGANIZATIONS} == ON_ORGANIZATIONS
    for rule, numbers in ON_PROCESSES.items():
        assert {ocid for ocid in flags[rule] if ocid.startswith(CITY)} == {CITY + number for number in numbers}, rule
    assert len([rule for rule, subjects in flags.items() if rule.startswith("T") and subjects]) >= 12
    assert not any(flags[rule] for rule in ON_HISTORY)
    dependent = Audit.objects.get(process__ocid=CITY + "013", is_current=True).outcomes
    assert (dependent["R040"]["reason"], dependent["T08"]["kind"]) == ("source_short", "clear")
    assert CLEAN not in set().union(*flags.values())
    audit = Audit.objects.get(process__ocid=CLEAN, is_current=True)
    clear = {code for code, outcome in audit.outcomes.items() if outcome["kind"] == OutcomeKind.CLEAR}
    assert clear >= {"R001", "R018", "R024", "R028", "R030", "R031", "R035", "R036", "R058", "R063"}


def test_an_example_shows_a_machine_that_decides_about_people(flags):
    flag = Flag.objects.standing().get(process__ocid=DECIDES, rule="T31")
    assert flag.values == {"words": "predice el abandono escolar"}
    assert {rule for rule, subjects in flags.items() if DECIDES in subjects} == {"T31"}


def test_an_example_is_published_twice_and_both_count_until_somebody_decides(flags, client):
    update_all_pairs()
    pair = SameProcess.objects.open().get()
    assert (pair.one.ocid, pair.other.ocid) == TWINS
    assert (pair.agrees_in, pair.is_of_one_amount, len(pair.may_be_kept)) == (["day"], True, 2)
    one, other = TWINS
    assert client.get(f"/api/v1/contracting-processes/{one}/").json()["perhaps_same_as"] == [other]
    assert other in client.get(f"/process/?ocid={one}").content.decode()
    assert not set(TWINS) & set().union(*flags.values())


def test_an_example_shows_what_a_rule_withholds_and_asks_nothing(flags):
    assert HOSPITAL not in set().union(*flags.values())
    audit = Audit.objects.get(process__ocid=HOSPITAL, is_current=True)
    assert audit.outcomes["T07"] == {
        "kind": "clear",
        "reason": "own_network",
        "values": {"words": "Construcción de la red de fibra óptica del hospital regional"},
    }
    assert [entry.pk for entry in sample_withheld("T07", number=5, seed="")] == [audit.pk]
    (finding,) = read_withheld(audit.process_id, "T07").outcome.findings
    assert finding.values == {"words": "red de fibra óptica"}


def test_the_contract_shows_what_it_does_not_say_and_what_it_says(flags):
    """Clauses that are not there or favour the supplier, and passages that rules rest on, with their page."""
    unanswered = {rule for rule, ocids in flags.items() if OCID in ocids and "T23" <= rule <= "T30"}
    assert unanswered == {"T23", "T24", "T25", "T26", "T27", "T28", "T29"}
    asked = Flag.objects.standing().filter(process__ocid=OCID)
    assert asked.get(rule="T23").values == {"pages": 3}
    training = asked.get(rule="T26")
    assert (training.severity, training.sentence) == (Severity.MEDIUM, "supplier")
    assert training.values == {"words": "CONTRATISTA y el fabricante podrán usar datos anonimizados"}
    assert asked.get(rule="T18").values == {"words": "se renuevan de manera automática"}
    cited = {flag.rule for flag in asked for place in flag.evidence if "/pages/" in place["path"]}
    assert cited >= {"T10", "T18", "T26"}


def test_the_contract_is_the_same_file_each_time():
    text = (EXAMPLES / "contract-es.txt").read_text(encoding="utf-8")
    assert as_pdf(text) == as_pdf(text)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.name)
def test_every_example_says_that_it_is_made_up(path):
    package = json.loads(path.read_text())
    assert "ejemplo ficticio" in package["publisher"]["name"]
    assert package["publicationPolicy"].endswith("todo-es-ficticio")
    for release in package["releases"]:
        assert release["ocid"].startswith("ocds-vdrex1")
        assert all(party["identifier"]["scheme"] == "XX-EJ" for party in release.get("parties", ()))


def test_no_two_organizations_of_the_examples_share_an_identifier():
    names = defaultdict(set)
    for path in EXAMPLES.glob("*.json"):
        for release in json.loads(path.read_text())["releases"]:
            for party in release.get("parties", ()):
                names[party["id"], party["identifier"]["id"]].add(party["name"])
    assert {key: known for key, known in names.items() if len(known) > 1} == {}
