import json
from datetime import timedelta, timezone

import pytest

from audits.judging import rule_set
from audits.judging.dossier import build_dossier, passage
from audits.judging.rule_set import RuleSet
from audits.judging.vocabulary import InsufficientDataError
from audits.matching.lexicon import Term
from audits.matching.reference import Reference
from audits.rules import RULES

RELEASE = {
    "ocid": "x-1",
    "language": "es",
    "tender": {"title": "Servicio en la nube", "description": "no incluye nube"},
}
EMPTY = Reference.build(terms=[], entries=[])
CLOUD = Reference.build(terms=[Term("cloud", "es", "nube")], entries=[])


def digest(release=RELEASE, **options):
    return build_dossier(release, reference=EMPTY, **options).digest


def test_the_digest_is_the_same_whatever_the_order_of_members():
    assert digest(dict(reversed(RELEASE.items()))) == digest(json.loads(json.dumps(RELEASE)))


@pytest.mark.parametrize(
    "options",
    [
        {"country": "PE"},
        {"zone": timezone(timedelta(hours=-5))},
        {"statistics": {"supplier_shares": []}},
        {"release": {**RELEASE, "language": "pt"}},
    ],
)
def test_whatever_a_rule_can_read_changes_the_digest(options):
    assert digest(**options) != digest()


def test_the_reference_is_no_part_of_the_digest():
    assert build_dossier(RELEASE, reference=CLOUD).digest == digest()


def test_what_is_said_leaves_out_what_is_denied():
    dossier = build_dossier(RELEASE, reference=CLOUD)

    assert [found.path for found in dossier.mentions_of("cloud")] == ["/tender/title"]
    assert len(dossier.mentions) == 2


def test_a_statistic_that_is_absent_is_insufficient_data():
    with pytest.raises(InsufficientDataError) as error:
        build_dossier(RELEASE, reference=EMPTY).statistic("supplier_shares")

    assert error.value.field == "statistics/supplier_shares"


def test_a_passage_is_cut_at_spaces_and_keeps_the_match():
    text = "palabra " * 60 + "reconocimiento facial " + "otra " * 60
    start = text.index("reconocimiento")

    cut = passage(text, start, start + 21)

    assert "reconocimiento facial" in cut
    assert cut.startswith("…palabra")
    assert cut.endswith("otra…")
    assert len(cut) < 300


def test_a_short_text_is_its_own_passage():
    assert passage("nube", 0, 4) == "nube"


def test_another_reading_of_records_asks_all_rules_again(monkeypatch):
    before = RuleSet(RULES.values()).digest
    assert RuleSet(RULES.values()).digest == before
    monkeypatch.setattr(rule_set, "READING_VERSION", rule_set.READING_VERSION + 1)
    assert RuleSet(RULES.values()).digest != before
