"""Rules that ``manage.py indicators`` has too flag the same processes as it does on the same releases."""

import gzip
import json
import re

import pytest
from django.core.management import call_command

from audits import engine
from audits.dossier import build_dossier
from audits.indicators.fold import Job
from audits.indicators.run import run
from audits.indicators.settings import Settings
from audits.judging import RuleSet
from audits.matching.reference import Reference
from audits.models import Flag
from audits.rules import RULES
from audits.rules.base import OutcomeKind
from tests.benchmarks.releases import compiled_releases
from tests.records import load
from tests.shared import SHARED

CODES = ("R003", "R024", "R028", "R030", "R035", "R036", "R058")
DATED = ("R003", "R030")
OF_A_PROCESS = ("R003", "R028", "R030", "R035", "R036")  # they read no statistics
CARDINAL_FILES = sorted((SHARED / "data" / "cardinal").glob("*.jsonl.gz"))
MISSING = pytest.param(
    SHARED, marks=pytest.mark.skip(reason=f"the files of Cardinal are not at {SHARED / 'data' / 'cardinal'}")
)
# Second 60, a fraction without digits, a space before the offset: only one of the two readers reads them. And offsets
# that exist nowhere, beside dates without a time.
ODD_DATES = re.compile(rb":60[Zz+-]|\.[Zz+-]|\d [+-]\d\d|\+2[34]:")


def flagged_by_indicators(path):
    """Return code → ocids, and the fences of the whole file as the rules take them."""
    printed = run(Job(Settings(), "veedor"), path, workers=1).results.as_json()
    flagged = {code: {ocid for ocid, codes in printed["OCID"].items() if code in codes} for code in CODES}
    return flagged, {code: {**printed["Meta"][code], "cohort": "all"} for code in ("R024", "R058")}


def flagged_by_rules(lines, statistics):
    rules = RuleSet([RULES[code] for code in CODES])
    flagged = {code: set() for code in CODES}
    for line in lines:
        release = json.loads(line)
        dossier = build_dossier(release, reference=Reference([], []), statistics=statistics)
        for outcome in rules.judge(dossier):
            assert outcome.kind is not OutcomeKind.FAILED, (outcome, dossier.process.ocid)
            if outcome.kind is OutcomeKind.FLAGGED:
                flagged[outcome.code].add(release["ocid"])
    return flagged


def assert_agreement(path, lines):
    expected, statistics = flagged_by_indicators(path)
    odd = {json.loads(line)["ocid"] for line in lines if ODD_DATES.search(line)}

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


@pytest.mark.django_db
def test_flags_in_the_database_agree_with_indicators_on_its_export(tmp_path):
    load(*compiled_releases(7, 600))
    for batch in engine.owed_batches():
        engine.audit_owed(batch)
    path = tmp_path / "export.jsonl"
    call_command("export", "--output", str(path))

    expected, _ = flagged_by_indicators(path)
    odd = {json.loads(line)["ocid"] for line in path.read_bytes().splitlines() if ODD_DATES.search(line)}

    for code in OF_A_PROCESS:
        flagged = set(Flag.objects.standing().filter(rule=code).values_list("process__ocid", flat=True))
        left_out = odd if code in DATED else set()
        assert flagged - left_out == expected[code] - left_out, code
    assert all(expected[code] for code in ("R003", "R035"))
    assert len(odd) < 60
