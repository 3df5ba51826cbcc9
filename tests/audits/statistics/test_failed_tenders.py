"""Tenders of a buyer that failed, before the same was bought without competition, whatever the order they came in."""

import pytest

from audits.contributions.failed_tenders import changed_failures
from audits.engine import peers, processes
from audits.models import FailedTender, Flag
from contracts.models import ContractingProcess
from tests.support.purchases import audit, figures, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db

TITLE = "Mantenimiento de la red troncal de fibra óptica"


def failed(number, *, end="2024-01-20", status="unsuccessful", title=TITLE, method="open", **changes):
    release = purchase(number, date="2024-01-01", method=method, title=title, status=status, **changes)
    release["tender"]["tenderPeriod"] = {"endDate": f"{end}T09:00:00Z"}
    return {**release, "tag": ["tender"], "awards": []}


def direct(number=9, *, date="2024-03-01", title=TITLE, **changes):
    return purchase(number, date=date, method="direct", title=title, **changes)


def found(number=9):
    return [entry.ocid for entry in figures(number, "failed_tenders") or ()]


def asked():
    return set(Flag.objects.standing().filter(rule="R083").values_list("process__ocid", flat=True))


@pytest.mark.parametrize("order", [(1, 2, 9), (9, 2, 1), (1, 9, 2)])
def test_failed_tenders_are_found_in_whatever_order_the_records_came(order):
    records = {1: failed(1), 2: failed(2, end="2024-02-10", status="cancelled"), 9: direct()}
    for number in order:
        audit(records[number])

    assert asked() == {"ocds-test01-9"}
    flag = Flag.objects.standing().get(rule="R083")
    assert [place["value"] for place in flag.evidence if place["path"] == "/ocid"] == [
        "ocds-test01-2",
        "ocds-test01-1",
    ]
    assert processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True))) == 0


def test_a_title_in_other_letters_and_marks_is_the_same():
    audit(failed(1, title="MANTENIMIENTO  DE LA RED TRONCAL, DE FIBRA ÓPTICA."), direct())

    assert found() == ["ocds-test01-1"]


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Mantenimiento de la red troncal de radio"},
        {"buyer": "B2"},
        {"status": "complete"},
        {"status": "active"},
        {"method": "direct"},
        {"end": "2023-02-01"},
        {"end": "2024-03-02"},
    ],
    ids=str,
)
def test_what_is_another_object_or_did_not_fail_or_not_in_the_year_before_is_not_found(other):
    audit(failed(1, **other), direct())

    assert found() == []


def test_a_short_title_names_no_object():
    audit(failed(1, title="Compra de toner"), direct(title="Compra de toner"))

    assert (found(), FailedTender.objects.count()) == ([], 0)


def test_a_tender_all_of_whose_awards_failed_is_one_that_failed():
    def tender(number, *statuses):
        awards = [{"id": str(place), "status": status} for place, status in enumerate(statuses)]
        return failed(number, status="complete") | {"awards": awards}

    audit(tender(1, "unsuccessful", "unsuccessful"), tender(2, "unsuccessful", "active"), direct())

    assert found() == ["ocds-test01-1"]


def test_records_of_one_date_tell_one_tender():
    audit(failed(1), failed(2), direct())

    assert (found(), asked()) == (["ocds-test01-1"], set())


def test_what_is_reported_of_it_is_why_it_failed():
    awards = [{"id": "1", "status": "unsuccessful"}]
    audit(failed(1, status="complete") | {"awards": awards}, failed(2, end="2024-02-10", status="cancelled"), direct())

    assert [entry.status for entry in figures(9, "failed_tenders")] == ["cancelled", "unsuccessful"]


def test_a_flag_stays_itself_when_another_tender_failed():
    audit(failed(1), failed(2, end="2024-02-10"), direct())
    flag = Flag.objects.standing().get(rule="R083")

    audit(failed(3, end="2024-02-20"))

    again = Flag.objects.standing().get(rule="R083")
    assert (again.pk, again.values["count"]) == (flag.pk, 3)
    assert again.judged_digest != flag.judged_digest


def test_a_record_that_is_public_no_longer_is_not_told_of():
    audit(failed(1), direct())
    ContractingProcess.objects.filter(ocid="ocds-test01-1").update(verification="retired")

    assert found() == []


def test_a_record_that_is_not_public_is_none():
    audit(failed(1))
    process = ContractingProcess.objects.get(ocid="ocds-test01-1")

    assert changed_failures([process.pk], {process.pk}) == {}
    ((stored, read),) = changed_failures([process.pk], set()).values()
    assert (stored.process_id, read) == (process.pk, None)


def test_an_open_procedure_has_no_such_figure():
    audit(failed(1), purchase(9, date="2024-03-01", method="open", title=TITLE))

    assert figures(9, "failed_tenders") is None


def test_a_tender_that_did_not_fail_after_all_takes_the_flag_with_it():
    audit(failed(1), failed(2, end="2024-02-10"), direct())
    assert asked() == {"ocds-test01-9"}

    audit({**failed(1, status="active"), "id": "2", "date": "2024-04-01T00:00:00Z"})

    assert (asked(), found()) == (set(), ["ocds-test01-2"])


def test_only_what_was_bought_directly_of_the_same_object_is_checked(monkeypatch):
    looked_at = []
    compute = peers.statistics_for

    def note(process_ids, **options):
        looked_at.extend(ContractingProcess.objects.filter(pk__in=process_ids).values_list("ocid", flat=True))
        return compute(process_ids, **options)

    audit(
        purchase(7, date="2024-02-01", method="open", title=TITLE, supplier="S7"),
        direct(8, title="Alquiler de oficinas para el archivo central", supplier="S8"),
        direct(),
    )
    monkeypatch.setattr(peers, "statistics_for", note)
    load(failed(1))
    processes.audit_due(next(processes.due_batches()))
    peers.find_due()

    assert looked_at == ["ocds-test01-9"]


def test_of_very_many_failed_tenders_the_latest_are_told(django_assert_max_num_queries):
    audit(*(failed(number, end=f"2024-01-{number:02}") for number in range(1, 26)), direct(99))

    with django_assert_max_num_queries(2):  # the record, and its figure
        ocids = found(99)
    assert (len(ocids), ocids[0]) == (20, "ocds-test01-25")


def test_a_status_that_is_another_one_now_is_told_anew():
    audit(failed(1), failed(2, end="2024-02-10"), direct())

    audit({**failed(2, end="2024-02-10", status="cancelled"), "id": "2", "date": "2024-04-01T00:00:00Z"})

    flag = Flag.objects.standing().get(rule="R083")
    notes = [place["note"] for place in flag.evidence if place["path"] == "/ocid"]
    assert notes == ["cancelled, 2024-02-10", "unsuccessful, 2024-01-20"]


@pytest.mark.parametrize(
    ("decided", "known"),
    [(None, True), ("2024-02-28", True), ("2024-03-05", False), ("2023-02-01", False)],
    ids=["not dated", "before", "after the direct award", "over a year before"],
)
def test_a_tender_failed_on_the_day_of_the_awards_that_tell_so(decided, known):
    awards = [{"id": "1", "status": "unsuccessful"}, {"id": "2", "status": "unsuccessful"}]
    if decided:
        awards[0]["date"], awards[1]["date"] = "2023-01-31T12:00:00Z", f"{decided}T12:00:00Z"
    audit(failed(1) | {"awards": awards}, direct())

    assert found() == (["ocds-test01-1"] if known else [])
    if known:
        (entry,) = figures(9, "failed_tenders")
        assert str(entry.date) == (decided or "2024-01-20")


def test_records_of_one_end_of_bidding_tell_one_tender_whenever_they_were_decided():
    awards = [{"id": "1", "status": "unsuccessful", "date": "2024-02-15T12:00:00Z"}]
    audit(failed(1), failed(2) | {"awards": awards}, direct())

    assert found() == ["ocds-test01-1"]


def test_a_failed_tender_that_arrives_after_its_direct_award_is_found_at_once():
    audit(failed(1), direct())
    load(failed(2, end="2024-02-10"))
    (batch,) = processes.due_batches()
    processes.audit_due(batch)

    (later,) = peers.find_due(only=batch)
    assert ContractingProcess.objects.get(pk=later).ocid == "ocds-test01-9"
    processes.audit_due([later])
    assert asked() == {"ocds-test01-9"}
