"""The list of decisions by period, on the page and as a workbook."""

import io
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audits.admin.reviews import decisions
from audits.models import Review
from audits.triage import review_flag, undo_decision
from tests.support.triage import load_release, made_up_release, raise_flag

LIST, FILE = "admin:audits_review_changelist", "admin:audits_review_file"


@pytest.fixture
def berta(make_user):
    return make_user(name="berta")


@pytest.fixture
def decided(berta):
    """Two flags, one of which was dismissed and is open again."""
    reasons = {"ocds-test01-7": "=One maker.", "ocds-test01-8": "Read the award."}
    for ocid, reason in reasons.items():
        flag = raise_flag(load_release(made_up_release(ocid, title=f"Cámaras {ocid[-1]}")))
        review_flag(flag=flag, reviewer=berta, decision=Review.Decision.DISMISSED, reason=reason)
    undo_decision(undone_by=berta, flag_id=flag.pk)
    return list(Review.objects.order_by("-pk"))


def sheets(client, query=""):
    answer = client.get(f"{reverse(FILE)}{query}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'"veedor-decisions-{timezone.localdate()}.xlsx"')
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def test_the_workbook_has_decisions_with_their_basis(auditor, decided):
    told, (header, *rows) = sheets(auditor)
    assert dict(told)["Rows"] == len(rows) == 3
    found = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["Number"] for row in found] == [review.number for review in decided]
    assert [row["Decision"] for row in found] == ["reopened", "dismissed", "dismissed"]
    last, dismissed = decided[-1], found[-1]
    assert (dismissed["Reason"], dismissed["Reviewer"]) == ("=One maker.", "berta")
    assert (dismissed["Subject"], dismissed["Title"]) == ("ocds-test01-7", "Cámaras 7")
    assert dismissed["Sentence as it stood"] == last.judged["text"]["en"]
    assert dismissed["Version of the rule"] == last.judged["rule_version"]
    assert dismissed["SHA-256 of the record"] == last.judged[Review.RESTS_ON]["record"]
    assert dismissed["Chain"] == bytes(last.chain).hex()


def test_the_workbook_matches_the_list(auditor, decided):
    page = auditor.get(reverse(LIST), {"q": "ocds-test01-7"}).content.decode()
    assert f'href="{reverse(FILE)}?q=ocds-test01-7"' in page
    told, (_header, *rows) = sheets(auditor, "?q=ocds-test01-7")
    assert [row[3] for row in rows] == ["ocds-test01-7"]
    assert dict(told)["Query"].endswith(f"{reverse(LIST)}?q=ocds-test01-7")
    day = timezone.now()
    assert len(sheets(auditor, f"?reviewed_at__year={day.year}")[1]) == 4
    assert len(sheets(auditor, f"?reviewed_at__year={day.year - 1}")[1]) == 1
    tomorrow = quote(f"{day + timedelta(days=1):%Y-%m-%d} 00:00:00+00:00")
    assert len(sheets(auditor, f"?reviewed_at__gte={tomorrow}")[1]) == 1


def test_a_list_too_long_for_a_workbook_says_so(auditor, decided, monkeypatch):
    monkeypatch.setattr(decisions, "MAX_ROWS", 2)
    assert len(sheets(auditor, "?decision__exact=dismissed")[1]) == 3
    answer = auditor.get(reverse(FILE), follow=True)
    assert "A workbook holds 2 decisions; these are 3: choose a period." in answer.content.decode()
    assert auditor.get(reverse(FILE), {"nothing": "1"}).status_code == 302


def test_the_workbook_requires_the_permission_to_read_decisions(sign_in, decided):
    assert sign_in("Submitters").get(reverse(FILE)).status_code == 403


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("one maker", ["ocds-test01-7"]),  # of the reason
        ("MÁKER", ["ocds-test01-7"]),
        ("cámaras", ["ocds-test01-7", "ocds-test01-8", "ocds-test01-8"]),  # of the record's title
        ("ocds-test01-8", ["ocds-test01-8", "ocds-test01-8"]),
        ("maker award", []),
        ("?", []),
    ],
)
def test_a_decision_is_found_by_words_of_its_reason_or_of_its_record(auditor, decided, asked, found):
    """A year later nobody knows an ocid by heart."""
    _told, (header, *rows) = sheets(auditor, f"?q={quote(asked)}")
    assert sorted(row[header.index("Subject")] for row in rows) == found
