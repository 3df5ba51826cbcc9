"""Rules that ``manage.py indicators`` has too flag the same processes as it does on the same releases."""

import gzip
import json
import re

import pytest
from django.core.management import call_command

from audits.engine.cohorts import refresh_cohorts
from audits.indicators.part import Job
from audits.indicators.run import run
from audits.indicators.settings import Settings
from audits.judging.dossiers.building import build_dossier
from audits.judging.figures.processes import Fences, ProcessFigures
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import RuleSet
from audits.matching.reference.data import Reference
from audits.models import Flag, RuleOverride
from audits.rules import RULES
from contracts.models import Party
from tests.benchmarks.releases import compiled_releases
from tests.support.auditing import settle
from tests.support.records import load
from tests.support.shared import SHARED

CODES = ("R003", "R024", "R028", "R030", "R035", "R036", "R058")
DATED = ("R003", "R030")
# The days that the indicator asks for everywhere; the rule alone asks for those of laws.
GENERAL_TERM = {"minimum_days": 15}
OF_A_PROCESS = CODES
OF_AN_ORGANIZATION = frozenset({"R025", "R038", "R048"})
CARDINAL_FILES = sorted((SHARED / "data" / "cardinal").glob("*.jsonl.gz"))
MISSING = pytest.param(
    SHARED, marks=pytest.mark.skip(reason=f"the files of Cardinal are not at {SHARED / 'data' / 'cardinal'}")
)
# Second 60, midnight as 24:00, a fraction without digits, a space before the offset: one of the two readers alone
# reads them. And offsets that exist nowhere, beside dates without a time.
ODD_DATES = re.compile(rb":60[Zz+-]|[Tt]24:|\.[Zz+-]|\d [+-]\d\d|\+2[34]:")


def flagged_by_indicators(path):
    """Return code → ocids, and the fences of the whole file as the rules take them."""
    printed = run(Job(Settings(), "veedor"), path, workers=1).results.as_json()
    flagged = {code: {ocid for ocid, codes in printed["OCID"].items() if code in codes} for code in CODES}
    return flagged, ProcessFigures(
        price_gap_fence=Fences(cohort="all", **{**printed["Meta"]["R024"], **printed["Meta"]["R058"]})
    )


def flagged_by_rules(lines, statistics):
    rules = RuleSet([RULES[code] for code in CODES], parameters={"R003": GENERAL_TERM})
    flagged = {code: set() for code in CODES}
    for line in lines:
        release = json.loads(line)
        dossier = build_dossier(release, reference=Reference(terms=[], entries=[]), statistics=statistics)
        for outcome in rules.judge(dossier):
            assert outcome.kind is not OutcomeKind.FAILED, (outcome, dossier.process.ocid)
            if outcome.kind is OutcomeKind.FLAGGED:
                flagged[outcome.code].add(release["ocid"])
    return flagged


def are_dated_together(line):
    """Tell whether several bids have one date, which the rule alone takes for no date of their arrival."""
    dates = [bid.get("date") for bid in (json.loads(line).get("bids") or {}).get("details") or ()]
    return len(dates) > 1 and len(set(dates)) == 1


def assert_agreement(path, lines):
    expected, statistics = flagged_by_indicators(path)
    odd = {json.loads(line)["ocid"] for line in lines if ODD_DATES.search(line) or are_dated_together(line)}

    found = flagged_by_rules(lines, statistics)

    assert {code: ocids - odd for code, ocids in found.items()} == {
        code: ocids - odd for code, ocids in expected.items()
    }
    assert [found[code] for code in CODES if code not in DATED] == [
        expected[code] for code in CODES if code not in DATED
    ]
    assert len(odd) < len(lines)
    return found


@pytest.mark.parametrize("path", CARDINAL_FILES or [MISSING], ids=lambda path: path.name)
def test_rules_and_indicators_agree_on_the_files_of_cardinal(path):
    with gzip.open(path) as file:
        assert_agreement(path, file.read().splitlines())


def test_rules_and_indicators_agree_on_made_up_releases(tmp_path):
    path = tmp_path / "made.jsonl"
    lines = [json.dumps(release).encode() for release in compiled_releases(7, 1500)]
    path.write_bytes(b"\n".join(lines))

    flagged = assert_agreement(path, lines)

    assert flagged["R003"]
    assert flagged["R035"]


def contested(number, tenderer, *, wins, category, disqualified, gap):
    """A process in which a tenderer bids against the one that is always there; prices lie ``gap`` percent apart."""
    bids = [("T" + tenderer, 100, "valid"), ("TX", 100 + gap if wins else 100 - gap, "valid")]
    bids += [(f"TD{other}", 90, "disqualified") for other in range(disqualified)]
    parties = [{"id": party, "name": party, "identifier": {"scheme": "PE-RUC", "id": party}} for party, *_ in bids]
    buyer = f"B{number % 12}"
    return {
        "ocid": f"ocds-made01-{number}",
        "id": "1",
        "date": "2024-03-01T10:00:00Z",
        "tag": ["compiled"],
        "parties": [*parties, {"id": buyer, "name": buyer, "roles": ["buyer"]}],
        "buyer": {"id": buyer, "name": buyer},
        "tender": {"procurementMethod": ("open", "selective")[number % 2], "mainProcurementCategory": "goods"},
        "bids": {
            "details": [
                {"id": str(place), "status": status, "tenderers": [{"id": party}], "value": value(amount)}
                for place, (party, amount, status) in enumerate(bids)
            ]
        },
        "awards": [
            {
                "id": "A",
                "status": "active",
                "suppliers": [{"id": bids[0 if wins else 1][0]}],
                "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": category}}],
            }
        ],
    }


def value(amount):
    return {"amount": amount, "currency": "PEN"}


def many_contests():
    """
    Tenderers that win nine times in ten against one that hardly ever does; one of them supplies anything; one buyer
    disqualifies many.
    """
    number = 0
    for tenderer in range(20):
        for turn in range(24):
            number += 1
            kinds = 12 if tenderer == 0 else 1 + tenderer % 3
            yield contested(
                number,
                str(tenderer),
                wins=turn >= tenderer % 4,
                category=f"{40 + turn % kinds}101500",
                disqualified=4 if number % 12 == 5 else number // 12 % (2 + number % 12 % 3) // 2,
                gap={2: 1, 3: 40}.get(number, 5 + number % 3),
            )


def settle_cohorts():
    """Do what workers and schedule do until nothing is left to do."""
    for _ in range(2):
        settle()
        refresh_cohorts()


def flagged_organizations():
    """Return group → id of the party → code → value, of the flags on organizations."""
    found = {"Buyer": {}, "ProcuringEntity": {}, "Tenderer": {}}
    groups = {"buyer": "Buyer", "procuringEntity": "ProcuringEntity"}
    for flag in Flag.objects.standing().filter(rule__in=OF_AN_ORGANIZATION):
        (party_id,) = set(Party.objects.filter(organization=flag.organization).values_list("party_id", flat=True))
        ratios = {
            "R025": lambda values: values["won"] / values["competed"],
            "R038": lambda values: values["disqualified"] / values["submitted"],
            "R048": lambda values: values["categories"],
        }
        group = found[groups.get(flag.sentence, "Tenderer")]
        group.setdefault(party_id, {})[flag.rule] = ratios[flag.rule](flag.values)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("records", "codes"),
    [
        (lambda: compiled_releases(7, 600), {"R003", "R018", "R035", "R038"}),
        (many_contests, {"R024", "R025", "R036", "R038", "R048", "R058"}),
    ],
    ids=["made up", "one loser"],
)
def test_the_database_agrees_with_indicators_on_its_export(tmp_path, records, codes):
    for parameter, value in GENERAL_TERM.items():
        RuleOverride.objects.create(rule="R003", parameter=parameter, value=value, source="OCDS Cardinal, R003")
    load(*records())
    settle_cohorts()
    path = tmp_path / "export.jsonl"
    call_command("export", "--output", str(path))

    printed = run(Job(Settings(), "veedor"), path, workers=1).results.as_json()
    odd = {json.loads(line)["ocid"] for line in path.read_bytes().splitlines() if ODD_DATES.search(line)}

    for code in OF_A_PROCESS:
        expected = {ocid for ocid, found in printed.get("OCID", {}).items() if code in found}
        flagged = set(Flag.objects.standing().filter(rule=code).values_list("process__ocid", flat=True))
        left_out = odd if code in DATED else set()
        assert flagged - left_out == expected - left_out, code
    for group, found in flagged_organizations().items():
        expected = {
            party_id: {code: pytest.approx(value, abs=1e-9) for code, value in values.items() if code in found_codes}
            for party_id, values in printed.get(group, {}).items()
            if (found_codes := values.keys() & OF_AN_ORGANIZATION)
        }
        assert found == expected, group
    assert codes <= set(Flag.objects.standing().values_list("rule", flat=True))
    assert len(odd) < 60
