"""The page of a flag: evidence in its context, the record, other rules; and nothing alive in it."""

import copy
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.judging.rule.evidence import passage
from audits.judging.rule.vocabulary import Context, Evidence, Finding, OutcomeKind, Severity
from audits.judging.rule_set import Outcome
from audits.models import Audit, Flag, Review
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import ContractingProcess
from tests.support.pages import alive, change_page, text_of
from tests.support.triage import DESCRIPTION, load_release, made_up_release, raise_flag, write_outcomes


def show(client, flag, language="en") -> str:
    address = change_page(flag)
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def marks(html: str) -> list[str]:
    return re.findall(r"<mark[^>]*>(.*?)</mark>", html)


def text_evidence(word: str, note="video_surveillance", text=DESCRIPTION, path="/tender/description") -> Evidence:
    start = text.index(word)
    return Evidence(path, text, passage(text, start, start + len(word)), start, start + len(word), note)


def test_the_sentence_is_in_the_language_of_the_reader(auditor, flag):
    assert "El registro cuenta 1 oferente" in show(auditor, flag, "es")
    assert "O registro conta 1 licitante" in show(auditor, flag, "pt-BR")
    assert "The record counts 1 tenderer" in show(auditor, flag, "en")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "es",
            ("Evidencia", "Decidir", "Confirmar", "Motivo", "Falta información", "severidad", "por revisar", "días"),
        ),
        ("pt", ("Evidência", "Decidir", "Confirmar", "Motivo", "Falta informação", "severidade", "a revisar", "dias")),
    ],
)
def test_the_page_around_the_sentence_is_in_the_readers_language(auditor, flag, language, words):
    listed = auditor.get(reverse("admin:audits_flag_changelist"), headers={"accept-language": language})
    html = show(auditor, flag, language) + listed.content.decode()
    for word in words:
        assert word in html, word


def head_of(html):
    start = html.index('class="flag-head"')
    return text_of(html[start : html.index("</header>", start)])


def test_the_head_names_object_buyer_supplier_amount_and_day(auditor, flag):
    """A sentence as "The term runs for 10 years" alone sends its reader to the record, 3,000 pixels below."""
    html = show(auditor, flag)
    head = head_of(html)
    assert "Cámaras para el mercado" in head
    assert "Municipio de Tula → Cámaras del Norte S.A. · 1,400,000 MXN · ≈ " in head
    assert " USD · signed on " in head
    assert DESCRIPTION[:40] in head
    assert 'href="#rule-title"' in html, "what the rule asks is a click away"

    ContractingProcess.objects.filter(pk=flag.process_id).update(signed_on=None, awarded_on="2023-04-07")
    assert "awarded on April 7, 2023" in head_of(show(auditor, flag))
    ContractingProcess.objects.filter(pk=flag.process_id).update(awarded_on=None, date="2023-02-01T12:00:00Z")
    assert "release of Feb. 1, 2023" in head_of(show(auditor, flag))


def test_the_head_does_not_repeat_the_description_that_the_evidence_shows(auditor, process):
    html = show(auditor, raise_flag(process, text_evidence("cámaras")))
    assert DESCRIPTION[:40] not in head_of(html)
    assert DESCRIPTION[8:40] in html


def test_submissions_of_the_form_show_no_times(auditor, flag):
    """Its times are those of midnight, so that they tell nothing of its sender; "7 hours ago" would be made up."""
    assert re.search(r"raised \d+.minutes? ago", show(auditor, flag))
    Flag.objects.filter(pk=flag.pk).update(raised_at="2026-11-03T00:00:00Z")
    page = text_of(show(auditor, flag))
    assert "raised on Nov. 3, 2026" in page
    assert "Nov. 3, 2026 Raised." in page
    assert "midnight" not in page


def test_the_law_in_a_sentence_is_linked(auditor, flag):
    laws = [
        {"source": "Ley 1, art. 3", "url": "https://example.org/1", "amount": "10"},
        {"source": "Ley 1, art. 3", "url": "https://example.org/1", "amount": "20"},
        {"source": "Ley 2", "url": "https://example.org/2", "amount": "30"},
    ]
    Flag.objects.filter(pk=flag.pk).update(
        values=flag.values | {"source": "Ley 1, art. 3"}, parameters={"thresholds": laws * 3}
    )
    html = show(auditor, flag)
    assert html.count('<a href="https://example.org/1" rel="nofollow noopener noreferrer">Ley 1, art. 3</a>') == 1
    assert 'href="https://example.org/2"' not in html
    # All that its rule read stands there too, closed; and open on paper.
    assert "<dd><details><summary>" in html
    case = auditor.get(reverse("admin:audits_flag_case", args=[flag.pk])).content.decode()
    assert 'href="https://example.org/1"' in case
    assert "<dd><details><summary>" not in case


def test_a_law_without_a_web_address_is_not_linked(auditor, flag):
    law = {"source": "Ley 1", "url": "javascript:alert(1)"}
    Flag.objects.filter(pk=flag.pk).update(values=flag.values | {"source": "Ley 1"}, parameters={"thresholds": [law]})
    assert "The text of the law" not in show(auditor, flag)


def test_a_passage_is_shown_in_its_text_with_the_match_marked(auditor, process):
    flag = raise_flag(process, text_evidence("video vigilancia"))
    html = show(auditor, flag)
    assert marks(html) == ["video vigilancia"]
    assert "/tender/description" in html
    assert "Suministro de cámaras de" in text_of(html)
    assert "video surveillance" in html


def test_matches_of_one_text_are_shown_together(auditor, process):
    words = ("cámaras de video", "video vigilancia", "policía estatal")
    flag = raise_flag(process, *(text_evidence(word, note=word) for word in words))
    html = show(auditor, flag)
    # Those that overlap are one mark, and the text stands there once.
    assert marks(html) == ["cámaras de video vigilancia", "policía estatal"]
    assert html.count('<blockquote class="passage">') == 1


def test_a_value_is_shown_with_the_object_around_it(auditor, flag):
    html = show(auditor, flag)
    assert "/tender/numberOfTenderers" in html
    members = html[html.index('<table class="members">') :]
    members = members[: members.index("</table>")]
    assert "Procurement method" in members
    assert re.search(r'class="cited"><th scope="row">Number of tenderers</th><td><mark>1</mark>', members)


def test_removed_evidence_is_shown_as_it_was_read(auditor, process):
    flag = raise_flag(process, text_evidence("video vigilancia"), Evidence("/bids/details/3/status", "valid"))
    gone = "The record does not say this any more"
    assert show(auditor, flag).count(gone) == 1
    release = made_up_release(process.ocid, description="Otra descripción")
    load_release(release | {"id": "later", "date": "2026-04-01T00:00:00Z"})
    html = show(auditor, flag)
    assert html.count(gone) == 2
    assert "Suministro de cámaras de video vigilancia" in text_of(html)


def test_the_page_shows_the_record_and_where_it_came_from(auditor, flag):
    text = text_of(show(auditor, flag))
    for part in (
        "Municipio de Tula",
        "Cámaras del Norte S.A.",
        "MX-RFC CNO010101AAA",
        "1,500,000.10 MXN",
        "Convocatoria",
    ):
        assert part in text, part
    assert text_of(show(auditor, flag, "es")).replace("\xa0", " ").count("1 500 000,10 MXN") == 1


def test_links_in_records_send_no_referrer(auditor, flag):
    html = show(auditor, flag)
    links = re.findall(r"<a [^>]*https?://[^>]*>", html)
    assert links
    assert all('rel="noreferrer noopener"' in link for link in links)


def test_an_address_that_is_not_of_the_web_stays_text(auditor):
    release = made_up_release(documents=[{"id": "1", "title": "Bases", "url": "javascript:alert(1)"}])
    html = show(auditor, raise_flag(load_release(release)))
    assert "javascript:alert(1)" in html
    assert alive(html) == []


def test_the_page_of_the_rule_and_its_parameters_are_shown(auditor, flag):
    html = show(auditor, flag)
    assert "<h2>Why it matters</h2>" in html
    assert "<h2>Por qué importa</h2>" in show(auditor, flag, "es")
    assert "<code>methods</code>" in html
    assert "open tender; selective tender" in html
    assert f"Rule R018, version {RULES['R018'].version}" in html


def test_bounds_of_amounts_keep_their_currencies(auditor, process):
    assert "BOB: 70000; BRL: 50000; " in show(auditor, raise_flag(process, code="T04"))


@pytest.mark.parametrize(
    ("language", "told"), [("en", "Context, not a question by itself: its cost"), ("es", "lo que cuesta")]
)
def test_context_says_why(auditor, process, language, told):
    values = {"spent": "PEN 500", "bound": "PEN 40 000"}
    evidence = (Evidence("/tender/title", "nube"),)
    finding = Finding(evidence, {"words": "nube"}, severity=Severity.MEDIUM, context=Context("trifle", values))
    (flag,) = write_outcomes(
        process, Outcome("T09", OutcomeKind.FLAGGED, "trifle", values=values, findings=(finding,))
    )
    assert flag.severity == "context"
    text = text_of(show(auditor, flag, language))
    assert told in text
    assert "PEN 500" in text


def test_context_without_a_reason_says_that_it_is_context(auditor, process):
    flag = raise_flag(process, severity=Severity.CONTEXT)
    assert "Context, not a question by itself." in text_of(show(auditor, flag))
    assert "Contexto, y ninguna pregunta por sí solo." in text_of(show(auditor, flag, "es"))


@pytest.mark.parametrize(
    ("kind", "reason", "withdrawn"),
    [
        (OutcomeKind.NOT_APPLICABLE, "not_in_scope", True),
        (OutcomeKind.FLAGGED, "not_in_scope", True),
        (OutcomeKind.CLEAR, "withheld_object", False),
    ],
    ids=["not asked any more", "another flag of the rule is context", "raised by hand"],
)
def test_reasons_of_other_outcomes_are_not_shown_for_a_flag(auditor, process, kind, reason, withdrawn):
    flag = raise_flag(process, severity=Severity.CONTEXT)
    Audit.objects.filter(is_current=True).update(outcomes={flag.rule: {"kind": kind, "reason": reason}})
    if withdrawn:
        Flag.objects.update(state="withdrawn", withdrawn_at=timezone.now(), withdrawn_because="record")
    text = text_of(show(auditor, flag))
    assert "Context, not a question by itself:" not in text
    assert ("Context, not a question by itself." in text) is not withdrawn


def test_the_other_rules_are_shown_with_their_reasons(auditor, process):
    evidence = (Evidence("/tender/procurementMethod", "open"),)
    flags = write_outcomes(
        process,
        Outcome("R018", OutcomeKind.FLAGGED, findings=(Finding(evidence, {"count": 1, "method": "open"}),)),
        Outcome("T01", OutcomeKind.FLAGGED, findings=(Finding(evidence, {"words": "cámaras"}),)),
        Outcome("T02", OutcomeKind.INSUFFICIENT_DATA, "object_unreadable", "/tender/title"),
        Outcome("T04", OutcomeKind.NOT_APPLICABLE, "not_in_scope"),
        Outcome("T05", OutcomeKind.CLEAR),
        Outcome("T07", OutcomeKind.FAILED, "KeyError"),
    )
    by_rule = {flag.rule: flag for flag in flags}
    html = show(auditor, by_rule["R018"])
    text = text_of(html)
    assert "no readable text says what is bought /tender/title" in text
    assert "the object is not technology in scope" in text
    assert "2 rules are clear or do not apply" in text
    assert "the rule broke KeyError" in text
    assert change_page(by_rule["T01"]) in html


def test_the_number_of_queries_is_the_same_for_every_flag(auditor, process, make_user):
    flag = raise_flag(process)
    show(auditor, flag)
    plain = cost(auditor, flag)
    release = copy.deepcopy(made_up_release())
    release["awards"] = [release["awards"][0] | {"id": f"A{number}"} for number in range(8)]
    release["contracts"] = [
        release["contracts"][0] | {"id": f"C{number}", "awardID": f"A{number}"} for number in range(8)
    ]
    release["parties"] += [
        {"id": f"P{number}", "name": f"Casa {number}", "roles": ["tenderer"]} for number in range(8)
    ]
    rich_process = load_release(release)
    rich = raise_flag(rich_process, *(text_evidence(word) for word in DESCRIPTION.split()[:15]))
    reviewer = make_user(name="berta")
    for _number in range(6):
        Review.objects.create(
            flag=rich, decision="in_review", reviewer=reviewer, judged_digest=rich.judged_digest, judged={}
        )
    assert cost(auditor, rich) <= plain
    assert plain <= 53


def cost(client, flag) -> int:
    with CaptureQueriesContext(connection) as captured:
        show(client, flag)
    return len(captured)


def test_the_strict_policy_of_the_site_covers_the_page(auditor, flag):
    answer = auditor.get(change_page(flag))
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    html = answer.content.decode()
    assert not re.search(r"<style|<script(?![^>]*src=)|\sstyle=|\son\w+=", html)


def test_long_evidence_is_truncated_with_a_notice(auditor):
    release = made_up_release()
    release["bids"] = {"details": [{"id": f"B{number}", "status": "valid"} for number in range(500)]}
    places = [Evidence(f"/bids/details/{number}/status", "valid") for number in range(500)]
    html = show(auditor, raise_flag(load_release(release), *places))
    assert html.count('class="place"') == 100
    assert "400 more rows are not shown here." in html
    assert len(html) < 300_000


def test_other_processes_that_a_flag_counts_are_links(auditor, process):
    other = load_release(made_up_release(title="Otra compra"))
    cited = Evidence("/awards/0/suppliers/0", {"id": "S1", "name": "Cámaras del Norte S.A."})
    values = {"supplier": "Cámaras del Norte S.A.", "percent": 79, "population": "Municipio de Tula", "processes": 12}
    flag = raise_flag(process, cited, Evidence("/ocid", other.ocid, ocid=other.ocid), code="R040", values=values)

    html = show(auditor, flag)

    assert f'<a href="{change_page(other)}">{other.ocid}</a>' in html
    assert "Otra compra" in html
    assert html.count("/ocid<") == 0
    assert "79 % of what" in html
    assert '<a href="#counted">12</a> processes' in html, "the number leads to what it counts"


def test_a_cited_fact_is_named_once_and_in_words(auditor, process):
    flag = raise_flag(process, Evidence("/contracts/0/dateSigned", "2026-03-20T00:00:00+00:00"), code="R060")

    html = show(auditor, flag, "es")

    assert "Contrato 1: firmado el</span> <mark>20 de marzo de 2026</mark>" in html
    assert html.count("<code>/contracts/0/dateSigned</code>") == 1


def test_other_questions_of_the_contract_are_listed_first_with_their_state(auditor, make_user):
    """One contract is read once: what was decided of it a moment ago stood below the record."""
    places = (Evidence("/tender/title", "Cámaras"),)
    process = load_release(made_up_release("ocds-test01-9"))
    found = {code: (Finding(places, values={"number": code}),) for code in ("R018", "R024", "T01")}
    flags = {
        flag.rule: flag
        for flag in write_outcomes(
            process, *(Outcome(code, OutcomeKind.FLAGGED, findings=finding) for code, finding in found.items())
        )
    }
    Flag.objects.filter(pk=flags["R024"].pk).update(severity="context")
    Flag.objects.filter(pk=flags["T01"].pk).update(severity="high")

    def told(html):
        head = html[html.index('class="flag-head"') :].partition("</header>")[0]
        return head.partition("Other questions of this contract:")[2]

    head = told(show(auditor, flags["R018"]))
    assert re.findall(r'class="mark (\w+)"[^>]*>([^<]*)<', head) == [("high", "T01 high")]
    review_flag(flag=flags["T01"], reviewer=make_user(), decision=Review.Decision.DISMISSED, reason="A gate.")
    head = told(auditor.get(change_page(flags["R018"]), {"_changelist_filters": "severity=low"}).content.decode())
    assert "T01 high · dismissed<" in head
    assert f"/admin/audits/flag/{flags['T01'].pk}/change/?_changelist_filters=severity%3Dlow" in head
