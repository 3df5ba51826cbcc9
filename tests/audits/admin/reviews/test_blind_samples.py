"""Samples of flags that people read blindly, at the desk or in a file: kept alike, and no decision."""

import csv
import json
from io import StringIO

import pytest
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command
from django.urls import reverse

from audits import groups
from audits.blind import READERS, look_key, looks
from audits.models import BlindReview, Flag, Review, SampledFlag
from audits.models.blind_review import IsSampled
from audits.reports.agreement import Agreement, agreement, verdicts
from audits.reports.flag_samples import VerdictCounts
from audits.reports.rule_health import health_of_rules
from audits.triage import review_flag
from tests.support.pages import change_page
from tests.support.purchases import audit
from tests.support.records import release

NEXT = reverse("admin:audits_blindreview_next")


@pytest.fixture
def flagged(db):
    """Three flags of R018."""
    audit(*(release(f"ocds-first1-{number}") for number in range(3)))
    return list(Flag.objects.filter(rule="R018").order_by("pk"))


@pytest.fixture
def auditors(make_user):
    return [make_user(groups.AUDITORS, name=name) for name in ("ana", "berta", "carla")]


def sampleflags(**options):
    output = StringIO()
    call_command("sampleflags", json=True, stdout=output, **options)
    return json.loads(output.getvalue())


def form_of(folder):
    sampleflags(output=folder, rule=["R018"])
    with (folder / "judged_R.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def filled(folder, rows):
    path = folder / "filled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return [path]


def take_in(folder, rows, reader="ana"):
    return sampleflags(verdicts=filled(folder, rows), reader=reader)["taken"]


def judge(client, person, sampled, code):
    client.force_login(person)
    look = look_key(get_user(client), sampled)
    return client.post(NEXT, {"look": look, "reason_code": code, "reason": "Read."})


def test_a_sample_is_read_at_the_desk_by_two_persons_and_decides_nothing(flagged, auditors, client):
    assert sampleflags(desk=True, rule=["R018"], per_rule=1) == {"flags": 1, "drawn_before": 0}
    assert sampleflags(desk=True, rule=["R018"], per_rule=1) == {"flags": 0, "drawn_before": 1}
    ana, berta, carla = auditors
    sampled = SampledFlag.objects.get()
    client.force_login(ana)
    page = client.get(NEXT).content.decode()
    assert "1 flag waits" in page
    assert "wrong: a date, an amount or a method is misread" in page
    assert "/tender/numberOfTenderers" in page
    judge(client, ana, sampled, "value_misread")
    assert looks(ana) == []
    judge(client, berta, sampled, "record_says_so")
    judge(client, carla, sampled, "record_says_so")
    first, second = BlindReview.objects.order_by("pk")
    assert (first.verdict, first.reason_code, first.decision, first.agrees) == (
        "wrong",
        "value_misread",
        "dismissed",
        None,
    )
    assert (second.verdict, second.agrees) == ("right", False)
    assert BlindReview.objects.count() == READERS
    health = health_of_rules()["R018"]
    assert health.second_looks == Agreement(1, 0)
    assert health.verdicts == VerdictCounts(right=1, wrong=1)
    assert not Review.objects.exists()
    assert set(Flag.objects.filter(rule="R018").values_list("state", "decision")) == {("new", "")}
    client.force_login(berta)
    open_ones = client.get(reverse("admin:audits_blindreview_changelist"), {"disagreement": "open"})
    assert list(open_ones.context["cl"].result_list) == [second]
    review_flag(flag=sampled.flag, reviewer=carla, decision=Review.Decision.DISMISSED, reason="Both read.")
    open_ones = client.get(reverse("admin:audits_blindreview_changelist"), {"disagreement": "open"})
    assert list(open_ones.context["cl"].result_list) == []
    page = client.get(change_page(first)).content.decode()
    assert "wrong: a date, an amount or a method is misread" in page


def test_sampled_flags_look_like_second_looks(flagged, auditors, client, monkeypatch):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) > 0")
    ana, berta, _carla = auditors
    review_flag(flag=flagged[0], reviewer=berta, decision=Review.Decision.DISMISSED, reason="A market of one.")
    sampleflags(desk=True, rule=["R018"])
    # The decided one waits as a decision, and as one of the sample; judged once it is asked no more.
    assert len(looks(ana)) == 4
    client.force_login(ana)
    for _number in range(3):
        page = client.get(NEXT).content.decode()
        assert "berta" not in page
        assert "A market of one." not in page
        client.post(NEXT, {"look": looks(ana)[0].key, "reason_code": "no_weight", "reason": "Read."})
    assert looks(ana) == []
    assert [look.flag for look in looks(berta)] == [look.flag for look in looks(berta) if look.flag != flagged[0]], (
        "who decided is not asked"
    )
    blind = BlindReview.objects.get(review__flag=flagged[0])
    assert blind.agrees, "however it was picked, it is compared with the decision"
    assert agreement() == {"R018": Agreement(1, 1)}


def test_verdicts_of_a_file_are_the_blind_reviews_of_a_person(flagged, auditors, tmp_path):
    ana, berta, _carla = auditors
    rows = form_of(tmp_path)
    decided = Flag.objects.get(pk=rows[1]["id"])
    review_flag(flag=decided, reviewer=berta, decision=Review.Decision.FIRST_CONFIRMATION, reason="So.")
    rows[0] |= {"verdict": "true but idle", "cause": "known_exception", "why": "One seller."}
    rows[1]["verdict"] = "RIGHT"
    assert take_in(tmp_path, rows) == {"kept": 2, "changed": 0, "known": 0}
    assert take_in(tmp_path, rows) == {"kept": 0, "changed": 0, "known": 2}
    # A second person agrees on the one that nobody decided on; on the other they decided, which is no blind look.
    assert take_in(tmp_path, rows, reader="berta") == {"kept": 1, "changed": 0, "known": 1}
    first, second, third = BlindReview.objects.order_by("pk")
    assert (first.verdict, first.reason_code, first.reason, first.reviewer) == (
        "idle",
        "known_exception",
        "One seller.",
        ana,
    )
    assert (second.review.flag, second.sampled.flag, second.agrees) == (decided, decided, True)
    assert (third.review, third.agrees) == (None, True)
    assert agreement() == {"R018": Agreement(2, 2)}
    assert verdicts() == {"R018": VerdictCounts(right=1, idle=2)}
    assert Review.objects.count() == 1
    assert Flag.objects.get(pk=decided.pk).decision == "first_confirmation", "a verdict is no second confirmation"


def test_a_verdict_on_a_changed_flag_is_refused(flagged, auditors, tmp_path):
    rows = [{**row, "verdict": "WRONG"} for row in form_of(tmp_path)]
    Flag.objects.filter(pk=rows[0]["id"]).update(judged_digest=b"\0" * 32)
    assert take_in(tmp_path, rows) == {"kept": 2, "changed": 1, "known": 0}


@pytest.mark.parametrize(
    ("changes", "reader", "message"),
    [
        ({"id": "0"}, "ana", "there is no flag 0 of R018"),
        ({"id": "x"}, "ana", "there is no flag x of R018"),
        ({"rule": "R003"}, "ana", "of R003"),
        ({"cause": "no_weight"}, "ana", "'no_weight' is no cause of RIGHT for R018"),
        ({"cause": "other_thing_bought", "verdict": "WRONG"}, "ana", "is no cause of WRONG"),
        ({}, "nobody", "nobody may not decide on flags"),
        ({}, "jorge", "jorge may not decide on flags"),
    ],
)
def test_verdicts_are_stored_all_or_none(flagged, auditors, make_user, tmp_path, changes, reader, message):
    make_user(groups.JOURNALISTS, name="jorge")
    rows = [{**row, "verdict": "RIGHT"} for row in form_of(tmp_path)]
    rows[-1] |= changes
    with pytest.raises(CommandError, match=message):
        take_in(tmp_path, rows, reader=reader)
    assert not BlindReview.objects.exists()
    assert not SampledFlag.objects.exists()


def test_a_file_of_an_earlier_version_is_counted_but_not_imported(flagged, auditors, tmp_path):
    rows = [{key: row[key] for key in ("id", "rule", "publisher")} | {"verdict": "RIGHT"} for row in form_of(tmp_path)]
    assert sampleflags(verdicts=filled(tmp_path, rows))["all"]["right"] == 3
    with pytest.raises(CommandError, match="the column digest is missing"):
        take_in(tmp_path, rows)
    with pytest.raises(CommandError, match="there are none"):
        sampleflags(desk=True, reader="ana")
