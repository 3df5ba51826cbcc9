"""Replies about an organization that was merged, and decisions on its flags: they go with the body."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from audits.admin.flag.case_file import read_case
from audits.models import Flag, Reply, Review
from audits.replies import decide_reply, flags_with_news
from audits.triage import review_flag
from contracts.models import Organization, Receipt, SameBodyDecision, Submission
from contracts.receipts import new_words, receipt_of
from tests.audits.replies.replying import accept, send
from tests.support.merging import decide
from tests.support.pages import text_of
from tests.support.purchases import purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db
SAID = "The second one withdrew."


def flag_on(organization, fingerprint: bytes) -> Flag:
    """Return a flag on an organization that says what another one says of a process."""
    values = {
        field.attname: getattr(Flag.objects.standing().first(), field.attname)
        for field in Flag._meta.concrete_fields
        if field.attname not in ("id", "process_id", "organization_id", "fingerprint", "cause")
    }
    return Flag.objects.create(organization=organization, fingerprint=fingerprint, **values)


def beside(auditor, flag: Flag) -> list[bool]:
    """Return whether the reply stands beside a flag: at the desk, in its case file and in the API, and is news."""
    desk = Client()
    desk.force_login(auditor)
    found = desk.get(f"/api/v1/flags/?organization={flag.organization_id}").json()["results"]
    (row,) = [row for row in found if row["id"] == flag.pk]
    return [
        SAID in text_of(desk.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()),
        SAID in str(read_case(flag)["replies"]),
        SAID in str(desk.get(f"/api/v1/flags/{flag.pk}/").json()["replies"]),
        SAID in str(row["replies"]),
        flags_with_news().filter(pk=flag.pk).exists(),
    ]


def test_a_reply_stands_beside_the_flags_of_the_body_until_it_is_parted(bought, auditor):
    kept, gone = bought
    send(f"organization={gone.pk}")
    accept(Reply.objects.get(), auditor)
    flag, own = flag_on(kept, b"kept"), flag_on(gone, b"gone")
    assert not any(beside(auditor, flag))
    assert all(beside(auditor, own))

    pair = decide(kept, gone)
    Flag.objects.filter(pk=flag.pk).update(withdrawn_at=None, state="new")
    assert all(beside(auditor, flag))
    assert Reply.objects.visible_to(AnonymousUser()).exists()

    decide(pair, None, SameBodyDecision.Kind.PARTED)
    Flag.objects.filter(pk=flag.pk).update(withdrawn_at=None, state="new")
    assert not any(beside(auditor, flag))


def test_a_reply_about_the_one_kept_stands_beside_what_was_decided_of_the_other(bought, auditor):
    kept, gone = bought
    flag = flag_on(gone, b"gone")
    decide(kept, gone)
    send(f"organization={gone.pk}")
    assert Reply.objects.get().organization == kept
    accept(Reply.objects.get(), auditor)
    assert beside(auditor, flag)[:4] == [True] * 4


def test_what_was_decided_on_the_other_name_is_shown_beside_the_same_question(bought, auditor, client):
    kept, gone = bought
    flag, own, other = flag_on(kept, b"kept"), flag_on(gone, b"gone"), flag_on(gone, b"other rule")
    Flag.objects.filter(pk=other.pk).update(rule="R050")
    for decided, reason in ((own, "Read all of its bids."), (other, "Of another rule.")):
        decided.refresh_from_db()
        review_flag(flag=decided, reviewer=auditor, decision=Review.Decision.DISMISSED, reason=reason)
    client.force_login(auditor)
    address = f"/admin/audits/flag/{flag.pk}/change/"
    assert "On identical questions" not in text_of(client.get(address).content.decode())

    decide(kept, gone)

    told = text_of(client.get(address).content.decode())
    assert "On identical questions" in told
    assert f"{own.rule} {gone}" in told
    assert "Read all of its bids." in told
    assert "Of another rule." not in told


def test_changes_tell_of_a_reply_about_an_organization_that_everyone_sees(bought, auditor):
    """Who follows the changes did not hear of it, as of those to flags and processes."""
    kept, gone = bought
    since = Client().get("/api/v1/changes/?since=now").json()["next"]
    for organization in (kept, gone):
        send(f"organization={organization.pk}")
    assert Client().get(since).json()["results"] == [], "they are held"
    for reply in Reply.objects.order_by("pk"):
        accept(reply, auditor)
    told = [(row["kind"], row["organization_id"]) for row in Client().get(since).json()["results"]]
    assert told == [("reply", kept.pk), ("reply", gone.pk)]
    decide_reply(reply=Reply.objects.get(organization=gone), decided_by=auditor, kind="refused", reason="A mistake.")
    assert len(Client().get(since).json()["results"]) == 3, "so that copies of it are removed"

    # Of one that claims alone name nobody hears.
    load(purchase(9, suppliers=("S8",), buyer="B9"), channel=Submission.Channel.API)
    receipt = receipt_of(new_words(), Receipt.Kind.REPLY)
    held = Reply.objects.create(organization=Organization.objects.get(name="Empresa S8"), receipt=receipt)
    Reply.objects.filter(pk=held.pk).update(state="accepted")
    assert len(Client().get(since).json()["results"]) == 3
