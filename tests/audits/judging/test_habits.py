"""How a record fills its fields, and how a habit of its source changes an outcome."""

import pytest
from django.utils.translation import override
from msgspec import structs

from audits.judging.dossiers.building import build_dossier
from audits.judging.figures.habits import HABITS, is_habit, read_habits, split_answer
from audits.judging.figures.processes import ProcessFigures, SourceHabit, figure_digests
from audits.judging.rule.vocabulary import Evidence, Finding, NotApplicableError, Severity, Stage
from audits.judging.rule_set import BoundRule
from audits.matching.reference.data import Reference
from audits.matching.texts.word_lists import Word
from audits.pages.labels import why_not
from audits.rules import RULES
from tests.support.rules import made_up

WORDS = Reference(terms=[], entries=[], words=[Word("document_planning", "estudio previo")])


def habits_of(**members):
    dossier = build_dossier({"ocid": "ocds-test01-1", **members}, reference=WORDS)
    return dict(map(split_answer, read_habits(dossier)))


def period(start, end):
    return {"startDate": f"{start}T10:00:00Z", "endDate": f"{end}T10:00:00Z"}


def signed(day, award="A", **members):
    return {"id": f"C{award}", "awardID": award, "dateSigned": f"{day}T10:00:00Z", **members}


def money(amount, currency="PEN"):
    return {"amount": amount, "currency": currency}


def offers(valid, disqualified=(), currency="PEN"):
    """Return bids; those that were disqualified are in ``currency``."""
    entries = [
        *(("valid", money(amount)) for amount in valid),
        *(("disqualified", money(amount, currency)) for amount in disqualified),
    ]
    return {
        "details": [
            {"id": str(place), "status": status, "value": value} for place, (status, value) in enumerate(entries)
        ]
    }


MARCH, APRIL = period("2024-03-01", "2024-03-31"), period("2024-04-01", "2024-04-30")
ONE = period("2024-03-01", "2024-03-01")


@pytest.mark.parametrize(
    ("name", "answer", "members"),
    [
        ("disqualified_bids_lowest", "yes", {"bids": offers(valid=(10, 12), disqualified=(8, 9))}),
        ("disqualified_bids_lowest", "no", {"bids": offers(valid=(10, 12), disqualified=(8, 11))}),
        ("disqualified_bids_lowest", "no", {"bids": offers(valid=(10,), disqualified=(10,))}),
        ("disqualified_bids_lowest", None, {"bids": offers(valid=(10, 12))}),
        ("disqualified_bids_lowest", None, {"bids": offers(valid=(10,), disqualified=(0,))}),
        ("disqualified_bids_lowest", None, {"bids": offers(valid=(10,), disqualified=(8,), currency="USD")}),
        (
            "disqualified_bids_lowest",
            None,
            {"tender": {"lots": [{"id": "1"}, {"id": "2"}]}, "bids": offers(valid=(10,), disqualified=(8,))},
        ),
        ("signed_at_end_of_term", "yes", {"contracts": [signed("2024-03-31", period=MARCH)]}),
        ("signed_at_end_of_term", "no", {"contracts": [signed("2024-03-01", period=MARCH)]}),
        ("signed_at_end_of_term", None, {"contracts": [signed("2024-03-01")]}),
        (
            "signed_at_end_of_term",
            "no",
            {"contracts": [signed("2024-03-31", period=MARCH), signed("2024-03-31", "B", period=APRIL)]},
        ),
        ("signed_at_start_of_term", "yes", {"contracts": [signed("2024-03-01", period=MARCH)]}),
        (
            "signed_before_award",
            "yes",
            {"awards": [{"id": "A", "date": "2024-03-02T10:00:00Z"}], "contracts": [signed("2024-03-01")]},
        ),
        (
            "signed_before_award",
            "no",
            {"awards": [{"id": "A", "date": "2024-03-01T23:00:00Z"}], "contracts": [signed("2024-03-01")]},
        ),
        ("signed_before_award", None, {"contracts": [signed("2024-03-01")]}),
        (
            "signed_when_awarded",
            "yes",
            {"awards": [{"id": "A", "date": "2024-03-01T10:00:00Z"}], "contracts": [signed("2024-03-01")]},
        ),
        (
            "signed_when_awarded",
            None,
            {"awards": [{"id": "B", "date": "2024-03-01T10:00:00Z"}], "contracts": [signed("2024-03-01")]},
        ),
        (
            "award_at_start_of_tender",
            "yes",
            {"tender": {"tenderPeriod": MARCH}, "awards": [{"date": "2024-03-01T10:00:00Z"}]},
        ),
        ("award_at_start_of_tender", None, {"awards": [{"date": "2024-03-01T10:00:00Z"}]}),
        ("award_period_is_tender_period", "yes", {"tender": {"tenderPeriod": MARCH, "awardPeriod": MARCH}}),
        ("award_period_is_tender_period", "no", {"tender": {"tenderPeriod": MARCH, "awardPeriod": APRIL}}),
        ("award_period_is_contract_period", "yes", {"tender": {"contractPeriod": APRIL, "awardPeriod": APRIL}}),
        ("tender_in_one_moment", "yes", {"tender": {"tenderPeriod": ONE}}),
        ("tender_in_one_moment", "no", {"tender": {"tenderPeriod": MARCH}}),
        ("tender_in_one_moment", None, {"tender": {"tenderPeriod": {"startDate": "2024-03-01T10:00:00Z"}}}),
        ("days_to_bid", "30", {"tender": {"tenderPeriod": MARCH}}),
        (
            "estimate_equals_award",
            "yes",
            {"tender": {"value": money(30)}, "awards": [{"value": money(10)}, {"value": money(20)}]},
        ),
        ("estimate_equals_award", "no", {"tender": {"value": money(30)}, "awards": [{"value": money(29)}]}),
        ("estimate_equals_award", None, {"tender": {"value": money(30)}, "awards": [{"value": money(30, "USD")}]}),
        ("estimate_equals_award", None, {"tender": {"value": money(0)}, "awards": [{"value": money(0)}]}),
        ("award_above_estimate", "yes", {"tender": {"value": money(30)}, "awards": [{"value": money(31)}]}),
        ("award_above_estimate", "yes", {"tender": {"value": money(30)}, "awards": [{"value": money(45)}]}),
        ("award_above_estimate", None, {"tender": {"value": money(30)}, "awards": [{"value": money(46)}]}),
        ("award_above_estimate", "no", {"tender": {"value": money(30)}, "awards": [{"value": money(30)}]}),
        ("award_above_estimate", "no", {"tender": {"value": money(100)}, "awards": [{"value": money(103)}]}),
        (
            "award_above_estimate",
            "yes",
            {
                "tender": {"value": money(30)},
                "awards": [{"id": "A", "status": "cancelled", "value": money(30)}, {"id": "B", "value": money(31)}],
            },
        ),
        (
            "award_above_estimate",
            None,
            {"tender": {"value": money(30)}, "awards": [{"value": money(31)}, {"id": "B"}]},
        ),
        (
            "estimate_equals_budget",
            "yes",
            {"planning": {"budget": {"amount": money(5)}}, "tender": {"value": money(5)}},
        ),
        ("contract_equals_award", "yes", {"awards": [{"value": money(5)}], "contracts": [{"value": money(5)}]}),
        ("contract_equals_award", "no", {"awards": [{"value": money(5)}], "contracts": [{"value": money(4)}]}),
        ("no_estimate", "yes", {"tender": {"value": money(0)}}),
        ("no_estimate", "no", {"tender": {"value": money(1)}}),
        ("no_method", "yes", {}),
        ("no_open_procedure", "yes", {"tender": {"procurementMethod": "limited"}}),
        ("no_open_procedure", "no", {"tender": {"procurementMethod": "selective"}}),
        ("no_open_procedure", None, {"tender": {"procurementMethod": "Subasta"}}),
        ("no_open_procedure", None, {}),
        ("no_method", "no", {"tender": {"procurementMethod": "open"}}),
        ("no_rationale", "yes", {"tender": {"procurementMethod": "direct"}}),
        ("no_rationale", "no", {"tender": {"procurementMethod": "direct", "procurementMethodRationale": "Art. 5"}}),
        ("no_rationale", None, {"tender": {"procurementMethod": "open"}}),
        ("no_tenderers", "yes", {"awards": [{"id": "A"}]}),
        ("no_tenderers", "no", {"awards": [{"id": "A"}], "tender": {"tenderers": [{"id": "1"}]}}),
        ("no_tenderers", None, {}),
        ("tenderer_without_name", "yes", {"tender": {"tenderers": [{"id": "1", "name": ""}]}}),
        ("tenderer_without_name", "no", {"tender": {"tenderers": [{"id": "1", "name": "ACME"}]}}),
        ("tenderer_without_name", None, {}),
        ("organization_without_id", "yes", {"parties": [{"id": "0", "name": "ACME"}]}),
        ("organization_without_id", "no", {"parties": [{"id": "7", "name": "ACME"}]}),
        ("impossible_dates", "yes", {"awards": [{"date": "1970-01-01T00:00:00Z"}]}),
        ("impossible_dates", "no", {}),
        ("number_of_tenderers", "1", {"tender": {"numberOfTenderers": 1}}),
        ("one_tenderer", "yes", {"tender": {"procurementMethod": "open", "numberOfTenderers": 1}}),
        ("one_tenderer", "no", {"tender": {"procurementMethod": "selective", "numberOfTenderers": 2}}),
        ("one_tenderer", None, {"tender": {"procurementMethod": "direct", "numberOfTenderers": 1}}),
        ("award_criteria", "priceOnly", {"tender": {"awardCriteria": "priceOnly"}}),
        ("rationale", "Nacional", {"tender": {"procurementMethodRationale": "Nacional"}}),
        ("rationale", "no", {"tender": {"procurementMethodRationale": "Por exclusividad de " * 5}}),
        ("no_award_date", "yes", {"awards": [{"id": "A"}]}),
        ("no_signature_date", "no", {"contracts": [signed("2024-03-01")]}),
        ("no_contract_documents", "no", {"contracts": [{"id": "C", "documents": [{"id": "1"}]}]}),
        ("no_amendments", "no", {"contracts": [{"id": "C", "amendments": [{"id": "1"}]}]}),
        ("no_planning_documents", "no", {"planning": {"documents": [{"id": "1"}]}}),
        ("no_planning_documents", "no", {"tender": {"documents": [{"id": "1", "title": "Estudios previos"}]}}),
        ("no_planning_documents", "yes", {"tender": {"documents": [{"id": "1", "title": "Pliego"}]}}),
        ("no_end_of_tender", "yes", {"tender": {"tenderPeriod": {"startDate": "2024-03-01T10:00:00Z"}}}),
    ],
)
def test_how_a_record_fills_its_fields(name, answer, members):
    assert habits_of(**members).get(name) == answer


@pytest.mark.parametrize(
    ("same", "n", "expected"),
    [(4, 4, False), (5, 5, True), (8, 9, False), (9, 9, True), (5, 10, False), (6, 10, True)],
)
def test_what_over_half_do_is_a_habit_and_of_few_what_all_do(same, n, expected):
    assert is_habit(same, n) is expected


def test_every_habit_that_a_rule_reads_is_one():
    assert {name for entry in RULES.values() for name in entry.habits} <= HABITS.keys()
    assert all(":" not in name for name in HABITS)


@made_up("X01", stage=Stage.TENDER, reads=("source_habits.no_estimate",), reasons={"open": "open"})
def asks(dossier):
    if dossier.process.tender.method == "open":
        raise NotApplicableError("open")
    if dossier.process.tender.title:
        yield Finding((Evidence("/ocid", dossier.process.ocid),), {})


def judged(habits, **tender):
    figures = ProcessFigures(source_habits=habits)
    release = {"ocid": "ocds-test01-1", "tender": tender}
    return BoundRule(asks, {}).judge(
        build_dossier(release, reference=Reference(terms=[], entries=[]), statistics=figures)
    )


@pytest.mark.parametrize("tender", [{"title": "Compra"}, {}])
def test_what_the_source_does_in_most_records_is_not_asked(tender):
    outcome = judged({"no_estimate": SourceHabit(0.7, 50)}, **tender)
    values = {"habit": "no_estimate", "share": "70%", "number": 50}
    assert (outcome.kind, outcome.reason, outcome.field) == (
        "insufficient_data",
        "source_habit",
        "/tender/value/amount",
    )
    assert outcome.values == values
    assert outcome.findings == ()


def test_what_may_be_a_habit_of_buyers_is_told_as_context(monkeypatch):
    habit = structs.replace(HABITS["no_estimate"], may_be_of_buyers=True)
    monkeypatch.setitem(HABITS, "no_estimate", habit)
    habits = {"no_estimate": SourceHabit(0.7, 50)}
    outcome = judged(habits, title="Compra")
    assert (outcome.kind, outcome.reason, outcome.values["share"]) == ("flagged", "source_habit", "70%")
    assert "/tender/value/amount" in outcome.values["field"]
    assert BoundRule(asks, {}).severity(outcome.findings[0]) is Severity.CONTEXT
    assert judged(habits).kind == "clear"


@pytest.mark.parametrize("habits", [None, {}, {"no_method": SourceHabit(0.7, 50)}])
def test_other_habits_excuse_nothing(habits):
    assert judged(habits, title="Compra").kind == "flagged"


def test_what_is_not_applicable_stays_so():
    assert judged({"no_estimate": SourceHabit(0.7, 50)}, procurementMethod="open").reason == "open"


def test_each_habit_has_a_digest_of_its_own():
    one = ProcessFigures(source_habits={"no_estimate": SourceHabit(0.7, 50), "no_method": SourceHabit(0.7, 50)})
    other = ProcessFigures(source_habits={"no_estimate": SourceHabit(0.75, 50), "no_method": SourceHabit(0.7, 50)})
    digests, others = figure_digests(one), figure_digests(other)
    assert digests.keys() == others.keys() == {"source_habits.no_estimate", "source_habits.no_method"}
    assert [name for name in digests if digests[name] != others[name]] == ["source_habits.no_estimate"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "this source fills /contracts/dateSigned with something else: in 70% of 50 records or more, the day of",
        ),
        ("es", "esta fuente llena /contracts/dateSigned con otra cosa: en el 70% de 50 registros o más, el día de la"),
        (
            "pt-br",
            "esta fonte preenche /contracts/dateSigned com outra coisa: em 70% de 50 registros ou mais, o dia da",
        ),
    ],
)
def test_the_reason_names_the_habit_in_the_readers_language(language, text):
    values = {"habit": "signed_at_end_of_term", "share": "70%", "number": 50}
    with override(language):
        told = why_not("R060", {"reason": "source_habit", "field": "/contracts/dateSigned", "values": values})
    assert told.startswith(text)
