"""Identical questions are one row of the queue: the same rule, sentence and buyer."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audits.admin.flag.admin import FlagAdmin
from audits.admin.queue.addresses import FILTERS
from audits.judging.rule.vocabulary import Severity
from audits.models import Flag
from tests.audits.admin.desk import LIST, SAME, flag_of, listed, send
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag


def rows(client, **query) -> list[tuple[int, int | None]]:
    """The rows of the list: the flag, and how many it stands for."""
    listed = client.get(LIST, query).context["cl"].result_list
    return [(flag.pk, getattr(flag, "alike", None)) for flag in listed]


def test_identical_questions_are_one_row_that_leads_to_all_of_them(auditor):
    same = [flag_of() for _ in range(3)]
    other = flag_of(values={"count": 2, "method": "open"})
    assert rows(auditor) == [(other.pk, 1), (same[0].pk, 3)]
    html = auditor.get(LIST).content.decode()
    address = re.search(r'<a href="([^"]+)">×3</a>', html)[1]
    assert len(re.findall(r">×\d+</a>", html)) == 1
    assert [pk for pk, _ in rows(auditor, cause=address.partition("=")[2])] == [flag.pk for flag in reversed(same)]


def test_a_selection_over_all_pages_counts_rows(auditor, monkeypatch):
    """A row stands for several flags: five flags of two rows are not "all 2 flags"."""
    for number in range(2):
        for _ in range(2 + number):
            flag_of(values={"count": number, "method": "open"})
    monkeypatch.setattr(FlagAdmin, "list_per_page", 1)
    assert "Select all 2 contracts or organizations" in auditor.get(LIST).content.decode()
    assert "Select all 5 flags" in auditor.get(LIST, {"state": "all"}).content.decode()


@pytest.mark.parametrize(
    "difference",
    [
        {"buyer": "Municipio de Tepeji"},
        {"values": {"count": 1, "method": "selective"}},
        {"severity": Severity.HIGH},
        {"code": "R013"},
    ],
)
def test_flags_with_another_buyer_text_severity_or_rule_are_not_identical(auditor, difference):
    flag_of(severity=Severity.MEDIUM)
    flag_of(**{"severity": Severity.MEDIUM, **difference})
    assert [alike for _, alike in rows(auditor)] == [1, 1]


def test_flags_without_a_buyer_are_never_folded(auditor):
    for _ in range(2):
        release = made_up_release()
        del release["buyer"]
        release["parties"][0]["roles"] = ["procuringEntity"]
        raise_flag(load_release(release), values=SAME)
    assert len(rows(auditor)) == 2


def test_the_oldest_filtered_flag_represents_identical_ones(auditor):
    young, old, decided = flag_of(), flag_of(), flag_of()
    Flag.objects.filter(pk=old.pk).update(raised_at=timezone.now() - timedelta(days=9))
    Flag.objects.filter(pk=decided.pk).update(state="dismissed", raised_at=timezone.now() - timedelta(days=20))
    assert rows(auditor) == [(old.pk, 2)]
    assert rows(auditor, age="week") == [(young.pk, 1)]
    assert rows(auditor, q=young.process.ocid) == [(young.pk, 1)]
    assert len(rows(auditor, state="all")) == 3
    assert rows(auditor, cause="nonsense") == []


def test_a_flag_whose_values_change_leaves_its_cause(auditor):
    first, second = flag_of(), flag_of()
    raise_flag(second.process, values={"count": 2, "method": "open"})
    assert rows(auditor) == [(second.pk, 1), (first.pk, 1)]


def test_the_queue_goes_from_a_folded_flag_to_the_next_question(auditor):
    first, twin = flag_of(), flag_of()
    other = flag_of(values={"count": 2, "method": "open"})
    for opened in (first, twin):
        html = auditor.get(change_page(opened)).content.decode()
        assert f'href="/admin/audits/flag/{other.pk}/change/" data-key="n"' in html
    # In the list of one cause it goes from one to the next.
    page = auditor.get(change_page(first), {FILTERS: f"cause={first.cause}"})
    assert f"/flag/{twin.pk}/change/" in page.context["next_url"]


def test_identical_flags_come_last_in_the_queue(auditor):
    first, twin = flag_of(), flag_of()
    other = flag_of(values={"count": 2, "method": "open"})
    address, walked = change_page(first), []
    while address != LIST:
        walked.append(Flag.objects.get(pk=int(address.split("/")[4])))
        address = send(auditor, address, "dismissed")["Location"]
    assert walked == [first, other, twin]


def test_folding_adds_no_queries(auditor):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            auditor.get(LIST)
        return len(queries)

    flag_of()
    cost()
    before = cost()
    for _ in range(4):
        flag_of()
    assert cost() == before


def test_a_page_beyond_the_end_of_a_shortened_list_shows_all_of_it(auditor):
    flag = raise_flag(load_release(made_up_release()))
    assert listed(auditor, p=2) == [flag.pk]
