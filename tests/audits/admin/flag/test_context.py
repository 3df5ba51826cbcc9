"""The context of a flag: notes, nearby decisions, other flags of its parties, its timeline."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from audits import groups
from audits.engine.retiring import retire
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import Outcome
from audits.models import Audit, DeskEntry, Flag, FlagNote, Review
from audits.triage import review_flag
from contracts.pages.display import admin_url
from tests.audits.admin.desk import page
from tests.support.triage import load_release, made_up_release, raise_flag, write_outcomes


@pytest.fixture
def berta(make_user):
    client = Client()
    client.force_login(make_user(groups.AUDITORS, name="berta"))
    return client


def note(flag) -> str:
    return reverse("admin:audits_flag_note", args=[flag.pk])


def test_a_note_is_visible_to_colleagues_and_logged(auditor, berta, flag):
    written = auditor.post(note(flag), {"text": "Pedí el acta <b>al archivo</b>."})

    assert written.status_code == 302
    html = berta.get(page(flag)).content.decode()
    assert "Pedí el acta &lt;b&gt;al archivo&lt;/b&gt;." in html
    assert "A note was written, by" in html
    assert DeskEntry.objects.get().kind == DeskEntry.Kind.NOTED


def test_a_note_that_is_sent_twice_is_one_and_may_be_written_again_later(auditor, berta, flag):
    for person in (auditor, auditor, berta):
        person.post(note(flag), {"text": "Pedí el acta."})
    assert (FlagNote.objects.count(), DeskEntry.objects.filter(kind=DeskEntry.Kind.NOTED).count()) == (2, 2)
    FlagNote.objects.update(at=Now() - timedelta(hours=1))
    auditor.post(note(flag), {"text": "Pedí el acta."})
    assert FlagNote.objects.count() == 3


def test_only_its_author_can_remove_a_note(auditor, berta, flag):
    auditor.post(note(flag), {"text": "Pedí el acta."})
    written = FlagNote.objects.get()

    berta.post(note(flag), {"remove": written.pk})
    assert FlagNote.objects.exists()
    for odd in ("9" * 30, "x", "-1"):
        auditor.post(note(flag), {"remove": odd})
    assert FlagNote.objects.exists()
    auditor.post(note(flag), {"remove": written.pk})
    assert not FlagNote.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_empty_or_too_long_note_is_refused_and_not_lost(auditor, flag, text):
    answer = auditor.post(note(flag), {"text": text})

    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'role="alert"' in html
    assert "<details open>" in html
    assert f"{text}</textarea>" in html
    assert not FlagNote.objects.exists()
    assert not Review.objects.exists()
    assert "<details open>" not in auditor.get(page(flag)).content.decode()


def test_submitters_see_no_notes(auditor, make_user, flag):
    auditor.post(note(flag), {"text": "Pedí el acta."})
    reader = Client()
    reader.force_login(make_user(groups.SUBMITTERS, name="carla"))

    assert reader.get(page(flag)).status_code == 403
    assert reader.post(note(flag), {"text": "x"}).status_code == 403
    assert "Pedí el acta" not in Client().get(f"/api/v1/flags/{flag.pk}/").content.decode()
    assert "Pedí el acta" not in auditor.get(reverse("admin:audits_flag_case_json", args=[flag.pk])).content.decode()


def test_erasing_a_record_deletes_its_notes(auditor, flag):
    auditor.post(note(flag), {"text": "Pedí el acta."})

    retire([flag.process_id])

    assert not FlagNote.objects.exists()
    assert DeskEntry.objects.exists()


def test_decisions_on_identical_questions_and_on_the_supplier_are_shown(auditor, make_user):
    same = {"values": {"count": 1, "method": "open"}}
    first = raise_flag(load_release(made_up_release()), **same)
    twin = raise_flag(load_release(made_up_release()), **same)
    of_supplier = raise_flag(load_release(made_up_release()), code="R001")
    decider = make_user(groups.AUDITORS, name="dora")
    for decided, reason in ((twin, "Un solo lote."), (of_supplier, "El plan está en otra parte.")):
        review_flag(flag=decided, reviewer=decider, decision=Review.Decision.DISMISSED, reason=reason)
    third = raise_flag(
        load_release(made_up_release()), code="R003", sentence="default", values={"days": 1, "minimum": 9}
    )

    html = auditor.get(page(first)).content.decode()

    twins, suppliers = html.index("On identical questions"), html.index("On this supplier")
    parties = html.index("Other flags of these parties")
    assert twins < html.index("Un solo lote.") < suppliers < html.index("El plan está en otra parte.") < parties
    assert html.count("Un solo lote.") == 1
    assert html.index(admin_url(Flag, third.pk), parties) < html.index("Timeline")


def test_the_number_of_queries_does_not_grow_with_the_flags_of_a_party(auditor, flag, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(200) as captured:
            assert auditor.get(page(flag)).status_code == 200
        return len(captured)

    asked()
    alone = asked()
    for _number in range(12):
        other = raise_flag(load_release(made_up_release()))
    assert asked() <= alone
    assert other.process.ocid


def test_the_page_of_a_process_lists_its_flags(auditor, flag):
    address = reverse("admin:contracts_contractingprocess_change", args=[flag.process_id])

    html = auditor.get(address, headers={"accept-language": "es"}).content.decode()

    assert admin_url(Flag, flag.pk) in html
    assert "El registro cuenta 1 oferente" in html


def test_the_page_of_a_process_says_why_a_rule_did_not_flag_it(auditor, process):
    address = reverse("admin:contracts_contractingprocess_change", args=[process.pk])
    assert "Not audited yet." in auditor.get(address).content.decode()
    write_outcomes(
        process,
        Outcome("R003", OutcomeKind.INSUFFICIENT_DATA, "missing", "/tender/tenderPeriod"),
        Outcome("T04", OutcomeKind.CLEAR, "withheld_reading", values={"probability": 0.1, "words": "agua"}),
    )
    Audit.objects.update(withheld=["T04"])
    page = auditor.get(address).content.decode()
    assert "<summary>not enough data: 1 · clear: 1</summary>" in page
    assert "/tender/tenderPeriod is missing" in page
    held = reverse("admin:audits_withheld_finding", args=["T04", process.pk])
    assert f'<a href="{held}">Read it</a>' in page
    assert page.count("Read it</a>") == 1


def test_the_page_says_whether_the_public_sees_the_confirmed_text(auditor, make_user, flag):
    decider = make_user(groups.AUDITORS, name="dora")
    review_flag(flag=flag, reviewer=decider, decision=Review.Decision.CONFIRMED, reason="So it is.")
    gone = {"state": "withdrawn", "withdrawn_at": flag.raised_at, "changed_because": "record"}
    Flag.objects.filter(pk=flag.pk).update(decision="confirmed", **gone)
    assert "The public still sees what was confirmed." in auditor.get(page(flag)).content.decode()

    # As once all that was sent of it is erased.
    type(flag.process).objects.filter(pk=flag.process_id).update(verification="retired")

    html = auditor.get(page(flag)).content.decode()
    assert "The public still sees" not in html
    assert "The public sees nothing of it now." in html


def test_decisions_in_similar_cases_are_shown(auditor, make_user):
    """The same words of another contract ask the same, and two people gave two answers."""
    berta = make_user(groups.AUDITORS, name="berta2")

    def raised(code, decision=None, **values):
        flag = raise_flag(load_release(made_up_release() | {"awards": [], "contracts": []}), code=code, values=values)
        if decision:
            review_flag(flag=flag, reviewer=berta, decision=decision, reason=f"Why {flag.pk}.")
        return flag

    def told(flag, heading):
        section = auditor.get(page(flag)).content.decode().partition('id="around-title"')[2].partition("</section>")[0]
        return re.findall(r"Why (\d+)\.", section.partition(heading)[2])

    dismissed = raised("T01", Review.Decision.DISMISSED, words="Cámaras de videovigilancia, LPR")
    asked = raised("T01", Review.Decision.NEEDS_INFORMATION, words="camaras de videovigilancia …")
    raised("T01", Review.Decision.DISMISSED, words="biométrico")
    raised("T03", Review.Decision.DISMISSED, words="LPR")
    raised("T01", words="LPR")
    flag = raised("T01", words="Cámaras de Videovigilancia")
    assert told(flag, "On this rule, for the same words") == [str(asked.pk), str(dismissed.pk)]
    of_amounts = raised("R031", Review.Decision.DISMISSED, award="PEN 1", estimate="PEN 1", percent="100")
    Flag.objects.filter(pk=raised("R031", Review.Decision.DISMISSED, award="a").pk).update(country="ZZ")
    other = raised("R031", award="PEN 2", estimate="PEN 2", percent="100")
    assert told(other, "On this rule, in this country") == [str(of_amounts.pk)]
