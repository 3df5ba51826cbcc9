"""The page of one flag, which a newsroom links to and a lawyer opens a year later."""

import hashlib
import html
import re
from dataclasses import replace

import pytest
import rfc8785
from django.test import override_settings
from msgspec import structs

from audits import groups, triage
from audits.models import Flag, FourEyesWaiver, Review
from audits.rules import RULES
from audits.triage import review_flag
from contracts.models import ContractingProcess, Publisher
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db

# What the place of its passage is called.
PLACES = {"en": "Tender: title", "es": "Licitación: título", "pt": "Licitação: título"}

SOURCE = ("Portal de Prueba", "CC BY 4.0", "https://portal.example/ocds")
NOT_SAID = {"en": "not that anything is wrong", "es": "no que algo esté mal", "pt": "não que algo esteja errado"}


def test_a_confirmed_flag_has_a_citable_page(client, buy, confirm):
    source = {"ocid_prefix": "ocds-test01", "source_url": SOURCE[2]}
    Publisher.objects.create(slug="portal", name=SOURCE[0], licence=SOURCE[1], **source)
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    address = f"/flags/{flag.pk}/"
    assert f'href="{address}"' in get(client, "/processes/ocds-test01-1/")
    for language in ("en", "es", "pt"):
        page = get(client, f"{address}?lang={language}")
        assert flag.render(language) in text_of(page)
        assert "<mark>reconocimiento facial</mark>" in page
        assert f'<p class="cited">{PLACES[language]}:</p>' in page
        assert f"version {flag.rule_version}" in page.replace("versión", "version").replace("versão", "version")
        assert bytes(ContractingProcess.objects.get().digest).hex() in page
        assert f"http://testserver{address}" in page
        assert f"{flag.rule} v{flag.rule_version}: {TITLE}" in text_of(page)
        # Who published the record, under which licence, and what a confirmed question does not say.
        for told in (*SOURCE, NOT_SAID[language], 'href="/methodology/what-a-flag-is/'):
            assert told in page
        # A search engine would go on showing what is taken back.
        assert '<meta name="robots" content="noindex">' in page


def test_the_pages_of_a_flag_and_its_record_link_their_feeds(client, buy, confirm):
    """Who cites a question must hear of it when it is withdrawn, or when its record is amended."""
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    for address in (f"/flags/{flag.pk}/?lang=es", "/processes/ocds-test01-1/?lang=es"):
        page = html.unescape(get(client, address))
        assert 'href="/search/saved/?query=ocid%3Docds-test01-1&lang=es#new"' in page
        (feed,) = re.findall(r'href="(/search/feed\.atom[^"]+)"', page)
        assert "señal decidida" in client.get(feed).content.decode()


def test_it_states_the_origin_of_a_record_without_a_publisher(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    assert "<dt>Source</dt><dd>loaded here" in get(client, f"/flags/{confirm('T01').pk}/?lang=en")


def test_it_says_whether_one_or_two_people_confirmed_it(client, buy, confirm, make_user):
    """Who quotes it must know: a lead may have waived the second person."""
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    address = f"/flags/{flag.pk}/?lang=pt-br"
    assert "Confirmado por uma pessoa em" in get(client, address)
    FourEyesWaiver.objects.all().delete()
    first, second = (make_user(groups.AUDITORS, name=name) for name in ("ana", "bea"))
    for reviewer, decision in (
        (first, Review.Decision.DISMISSED),
        (first, Review.Decision.CONFIRMED),
        (second, Review.Decision.CONFIRMED),
    ):
        review_flag(flag=flag, reviewer=reviewer, decision=decision, reason="Como se lê.")
        flag.refresh_from_db()
    assert "Confirmado por duas pessoas, a última vez em" in get(client, address)
    for again in (first, make_user(groups.AUDITORS, name="cleo")):
        review_flag(flag=flag, reviewer=again, decision=Review.Decision.CONFIRMED, reason="Lida a resposta.")
        assert "Confirmado por duas pessoas" in get(client, address)
    FourEyesWaiver.objects.create(rule="", reason="Uma auditora só.")
    review_flag(flag=flag, reviewer=first, decision=Review.Decision.DISMISSED, reason="Não se lê.")
    flag.refresh_from_db()
    review_flag(flag=flag, reviewer=first, decision=Review.Decision.CONFIRMED, reason="Lê-se.")
    assert "Confirmado por uma pessoa em" in get(client, address)


def test_a_confirmation_of_an_earlier_text_does_not_count_as_the_first_of_two(client, buy, confirm, make_user):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    FourEyesWaiver.objects.all().delete()
    first, second = (make_user(groups.AUDITORS, name=name) for name in ("ana", "bea"))
    review_flag(flag=flag, reviewer=first, decision=Review.Decision.DISMISSED, reason="Não se lê.")
    review_flag(flag=flag, reviewer=first, decision=Review.Decision.CONFIRMED, reason="Lê-se.")
    Flag.objects.filter(pk=flag.pk).update(judged_digest=b"0" * 32)
    FourEyesWaiver.objects.create(rule="", reason="Uma auditora só.")
    review_flag(flag=flag, reviewer=second, decision=Review.Decision.CONFIRMED, reason="Lê-se.")
    assert "Confirmado por uma pessoa em" in get(client, f"/flags/{flag.pk}/?lang=pt-br")


def test_a_flag_that_changed_since_says_so(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    confirmed = bytes(ContractingProcess.objects.get().digest).hex()
    buy(purchase(1, title=f"{TITLE}, segunda etapa") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    page = get(client, f"/flags/{flag.pk}/?lang=en")
    assert 'class="notice"' in page
    # Its words are those that were confirmed: in the record of now nobody would find them.
    assert f"SHA-256 of what was read when it was confirmed: {confirmed}" in text_of(page)
    assert bytes(ContractingProcess.objects.get().digest).hex() not in page


def test_the_citation_of_a_confirmed_flag_survives_changes_of_record_and_rule(client, buy, confirm):
    """A newsroom quotes what people confirmed: a later version of the rule, or of the record, was read by nobody."""
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    page, address = f"/flags/{flag.pk}/?lang=en", f"/api/v1/flags/{flag.pk}/"
    cited = text_of(get(client, page)).partition("Cite this question")[2].partition("Report it")[0]
    before = client.get(address).json()["cite"]
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    assert f"T01 v{flag.rule_version}: " in cited
    assert f"SHA-256 of what was read when it was confirmed: {digest}" in cited

    buy(purchase(1, title=TITLE, description="Otra") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    Flag.objects.filter(pk=flag.pk).update(rule_version=flag.rule_version + 1, changed_at="2031-01-02T00:00:00Z")
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == ("confirmed", "")
    assert bytes(flag.last_audit.process_digest).hex() != digest
    shown = text_of(get(client, page))
    assert shown.partition("Cite this question")[2].partition("Report it")[0] == cited
    assert f"version {flag.rule_version}" in shown
    assert f"confirmed when it was version {flag.rule_version - 1}" in shown
    assert client.get(address).json()["cite"] == before


def test_the_text_of_the_rule_at_confirmation_is_shown_after_it_changed(client, buy, confirm, monkeypatch):
    """In court it counts what the rule asked then: its page says what it asks now."""
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    rule = RULES["T01"]
    then = {language: text.page.split("\n\n")[0] for language, text in rule.texts.items()}
    texts = {
        language: structs.replace(text, page=f"Otra cosa.\n\n{text.page}") for language, text in rule.texts.items()
    }
    monkeypatch.setitem(RULES, "T01", replace(rule, version=rule.version + 1, texts=texts))
    for language in ("en", "es", "pt"):
        page = get(client, f"/flags/{flag.pk}/?lang={language}")
        (address,) = re.findall(r'href="(/methodology/T01/texts/[0-9a-f]{64}/[^"]*)"', page)
        shown = text_of(get(client, address))
        assert " ".join(then[language].split()) in shown
        assert "Otra cosa." not in shown
    assert f"Version {rule.version + 1} is in force." in text_of(get(client, address.partition("?")[0] + "?lang=en"))
    copy = client.get(f"/flags/{flag.pk}/signed.json").json()["flag"]["rule_text"]
    assert copy["sha256"] in address
    kept = {"code": copy["code"], "version": copy["version"], "texts": copy["texts"]}
    assert hashlib.sha256(rfc8785.dumps(kept)).hexdigest() == copy["sha256"]
    for missing in (
        f"/methodology/T01/texts/{'0' * 64}/",
        "/methodology/T01/texts/none/",
        address.partition("?")[0].replace("T01", "T02"),
    ):
        assert client.get(missing).status_code == 404


def test_it_shows_the_parameters_of_its_rule(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    assert flag.parameters
    page = get(client, f"/flags/{flag.pk}/?lang=en")
    assert [name for name in flag.parameters if f"<code>{name}</code>" not in page] == []
    assert "Amounts of small purchases <code>trifles</code>" in page
    assert "16,000 AUD" in page
    assert page.index("<details><summary>") < page.index("16,000 AUD"), "folded away"


def test_a_reopened_flag_is_not_called_confirmed(client, buy, confirm, make_user):
    """Where unreviewed flags are public, one that a person took up again is one of them."""
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    again = {"reviewer": make_user(groups.AUDITORS, name="ana"), "reason": "Falta el contrato."}
    review_flag(flag=flag, decision=Review.Decision.NEEDS_INFORMATION, **again)
    with override_settings(VEEDOR_PUBLICATION="all"):
        shown = text_of(get(client, f"/flags/{flag.pk}/?lang=en"))
    assert "Confirmed by" not in shown
    assert "No person has decided on this question yet." in shown


def test_a_decision_without_a_stored_digest_says_which_record_its_digest_is_of(client, buy, confirm, monkeypatch):
    monkeypatch.setattr(triage, "_rests_on", lambda _flag: {})
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    buy(purchase(1, title=f"{TITLE}, segunda etapa") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    present = bytes(ContractingProcess.objects.get().digest).hex()
    assert f"SHA-256 of the record that last raised it: {present}" in text_of(
        get(client, f"/flags/{flag.pk}/?lang=en")
    )


def test_a_later_cancellation_is_reported_with_the_flag(client, buy, confirm, make_user):
    said = "Cancelled, or without a result, by the record."
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    client.force_login(make_user(groups.AUDITORS, name="ana"))
    pages = (
        f"/flags/{flag.pk}/?lang=en",
        "/processes/ocds-test01-1/?lang=en",
        f"/admin/audits/flag/{flag.pk}/change/",
    )
    assert [said in client.get(page).content.decode() for page in pages] == [False] * 3
    cancelled = purchase(1, title=TITLE) | {"id": "2", "date": "2031-01-01T00:00:00Z"}
    cancelled["contracts"][0]["status"] = "cancelled"
    buy(cancelled)
    flag.refresh_from_db()
    assert flag.state == "confirmed", "its passage stands"
    assert [said in client.get(page).content.decode() for page in pages] == [True] * 3


@pytest.mark.parametrize(
    ("tender", "awards", "is_told"),
    [
        ("unsuccessful", [], True),
        ("cancelled", ["active"], False),
        ("complete", ["cancelled", "unsuccessful"], True),
        ("complete", ["cancelled", ""], False),
        ("active", [], False),
    ],
)
def test_a_record_whose_last_stage_was_cancelled_has_no_result(client, buy, tender, awards, is_told):
    sent = purchase(1)
    (award,) = sent["awards"]
    sent["contracts"], sent["tender"]["status"] = [], tender
    sent["awards"] = [award | {"id": str(number), "status": status} for number, status in enumerate(awards)]
    buy(sent)
    assert ("without a result" in get(client, "/processes/ocds-test01-1/?lang=en")) == is_told


def test_a_withdrawn_flag_is_gone_and_reveals_nothing_else(client, buy, confirm, dismiss):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    sentence = flag.render("en")
    dismiss("T01")
    answer = client.get(f"/flags/{flag.pk}/?lang=en")
    assert answer.status_code == 410
    page = text_of(answer.content.decode())
    assert "Anyone who cited it should say so." in page
    assert sentence not in page
    assert TITLE not in page
    assert "ocds-test01-1" not in page


@pytest.mark.parametrize("publication", ["reviewed", "none"])
def test_a_flag_that_was_never_public_has_no_page(client, buy, publication):
    buy(purchase(1, title=TITLE))
    flag = Flag.objects.get(rule="T01")
    with override_settings(VEEDOR_PUBLICATION=publication):
        assert client.get(f"/flags/{flag.pk}/").status_code == 404
        assert client.get("/flags/999999999/").status_code == 404


def test_long_titles_are_cut_in_lists_of_questions(client, buy, confirm):
    title = "Suministro de cámaras de videovigilancia con reconocimiento facial " * 20
    buy(purchase(1, title=title))
    confirm("T01")
    listed = get(client, "/countries/MX/")
    assert title[:199] + "…</a>" in listed
    assert title[:300] not in listed
