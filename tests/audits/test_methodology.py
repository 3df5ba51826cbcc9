"""The methodology as pages: in three languages, without a script, true to what is in force."""

import re
from html import unescape

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from audits.judging.rule.readings import reading_of
from audits.judging.rule.texts import LANGUAGES
from audits.methodology.parameters import NAMES
from audits.methodology.views import blank
from audits.models import Flag, PublicFigures, Review, RuleOverride, RulePage
from audits.reference.lists import LISTS
from audits.reference.loading import load_reference
from audits.reference.rule_sets import FOLDER
from audits.reports.publishing import publish_figures
from audits.reports.rule_changes import change_of
from audits.reports.rule_health import refresh_outcome_counts
from audits.rules import RULES
from audits.triage import review_flag
from tests.audits.reading import Words, read
from tests.support.auditing import audit_due
from tests.support.new_rule import HEADINGS
from tests.support.records import load, release
from tests.support.wording import FORBIDDEN

pytestmark = pytest.mark.django_db
# Pages cite it by its name, see `fixtures/counterparts/schemes.csv`.
INDEX_OF_OTHERS = "Corruption Risk Index"
ADDRESSES = [
    "/methodology/",
    "/methodology/what-a-flag-is/",
    "/methodology/reader/",
    "/methodology/lists/",
    # The others hold words of records.
    *(f"/methodology/lists/{code}/" for code, known in LISTS.items() if not known.is_of_words),
    *(f"/methodology/{code}/" for code in RULES),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_speaks_the_readers_language_and_judges_nobody(client, address, language):
    response = client.get(address, headers={"Accept-Language": language})
    page = response.content.decode()

    tag = {"pt": "pt-br"}.get(language, language)
    assert response["Content-Language"] == tag
    assert "Accept-Language" in response["Vary"]
    assert f'<html lang="{tag}">' in page
    assert not FORBIDDEN.findall(str(Words(page)).replace(INDEX_OF_OTHERS, ""))


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_needs_nothing_that_the_policy_forbids(client, address):
    words = read(client, address)

    assert not [tag for tag, _ in words.tags if tag in {"script", "style", "iframe", "img", "form"}]
    assert not [given for _, given in words.tags if "style" in given or any(name.startswith("on") for name in given)]
    sheets = [given["href"] for tag, given in words.tags if tag == "link" and given["rel"] == "stylesheet"]
    assert sheets == ["/static/site/site.css"]


def test_what_the_address_says_goes_before_the_browser_and_along_with_the_links(client):
    words = read(client, "/methodology/T04/?lang=pt", **{"Accept-Language": "es"})

    assert "Dependência do fornecedor" in str(words)
    assert "/methodology/what-a-flag-is/?lang=pt-br" in words.links
    assert {"?lang=es", "?lang=pt-br", "?lang=pt-pt", "?lang=en"} <= set(words.links)


@pytest.mark.parametrize("asked", ["fr", "ES", "", "../../etc/passwd"])
def test_a_language_that_is_not_spoken_is_passed_over(client, asked):
    response = client.get("/methodology/", {"lang": asked}, headers={"Accept-Language": "es"})

    assert response["Content-Language"] == "es"
    assert "etc/passwd" not in response.content.decode()


def test_the_index_lists_every_rule_with_its_sentence(client):
    words = read(client, "/methodology/", **{"Accept-Language": "es"})

    assert {f"/methodology/{code}/" for code in RULES} <= set(words.links)
    assert "T04 Dependencia del proveedor" in str(words)
    assert "Es posible que el comprador no pueda cambiar de proveedor." in str(words)


@pytest.mark.parametrize("code", ["X99", "T4", "T04/extra"])
def test_a_rule_that_is_not_known_is_not_found(client, code):
    assert client.get(f"/methodology/{code}/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_page_shows_what_is_asked_and_how(client, language):
    words = str(read(client, "/methodology/R018/", **{"Accept-Language": language}))

    assert RULES["R018"].text(language).title in words
    for heading in HEADINGS[language]:
        assert heading in words
    assert blank(RULES["R018"].text(language).sentences["default"]) in words
    label, options = {
        "en": ("methods asked about", "open tender, selective tender"),
        "es": ("métodos por los que pregunta", "licitación abierta, licitación selectiva"),
        "pt": ("métodos pelos quais pergunta", "licitação aberta, licitação seletiva"),
    }[language]
    assert f"{label} ({options})" in words, "what is in force stands in the prose"
    assert f"{label[0].upper()}{label[1:]} methods {options}" in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_prose_names_no_parameter_as_the_machine_does(client, code, language):
    page = client.get(f"/methodology/{code}/", headers={"Accept-Language": language}).content.decode()
    prose = page.split('<div class="prose"')[1].split("</div>")[0]

    assert not set(re.findall(r"<code>(.*?)</code>", prose)) & set(NAMES)
    assert not re.search(r"[\w]_[\w]", re.sub(r"<[^>]*>|12_contrato.pdf", "", prose)), "a name of a program"
    assert "<pre" not in prose, "what programs pass on is not for readers"


def test_prose_gives_the_value_in_force_and_leads_to_where_it_is_set(client):
    address = "/methodology/T04/?lang=pt"
    assert '<a class="value" href="#equivalent_reach" title="alcance de “ou equivalente”' in (
        page := client.get(address).content.decode()
    )
    assert 'id="equivalent_reach"' in page
    assert "a menos de 150 caracteres" in str(Words(page))

    RuleOverride.objects.create(rule="T04", parameter="equivalent_reach", value=1200, source="Lei 1")
    RuleOverride.objects.create(rule="T04", parameter="equivalent_reach", value=80, country="UY", source="Lei 2")
    assert "a menos de 1.200 (Uruguai: 80) caracteres" in str(read(client, address))


def test_what_a_rule_said_when_people_decided_keeps_its_names(client):
    """Its digest is of this text; what was in force is stored with each flag."""
    digest = RulePage.of_version("T04", RULES["T04"].version)
    assert "<code>equivalent_reach</code>" in client.get(f"/methodology/T04/texts/{digest.hex()}/").content.decode()


def test_amounts_by_currency_are_folded_away(client):
    page = client.get("/methodology/T07/?lang=es").content.decode()
    table = page.split('id="trifles"')[1].split('class="parameter"')[0]

    assert "<details><summary>" in table
    assert table.index("<details>") < table.index("hasta 2013")
    assert re.search(r"25\s?000 GHS hasta 2013", unescape(table))


def test_a_rule_page_shows_an_example_and_the_flag_that_it_raises(client):
    words = str(read(client, "/methodology/R003/", **{"Accept-Language": "es"}))

    assert '"startDate": "2024-03-01' in words
    assert "Plazo mínimo 15 días" in words
    assert "Hubo 14 días naturales para ofertar; la regla pide 15." in words
    assert "/tender/tenderPeriod/endDate" in words


@pytest.mark.parametrize("code", ["R011", "R012", "R083", "R050"])
def test_an_example_shows_the_record_and_no_figures_of_programs(client, code):
    page = client.get(f"/methodology/{code}/").content.decode()

    assert "statistics" not in page
    assert "purchases_beside" not in page
    assert ("<pre>" in page) is (code != "R050"), "an organization has no record"


def test_a_rule_page_shows_overrides_with_their_source(client):
    RuleOverride.objects.create(rule="T18", parameter="years", value=2, country="UY", source="Ley 1, art. 2")
    RuleOverride.objects.create(rule="T18", parameter="years", value=9, source="draft", enabled=False)
    words = str(read(client, "/methodology/T18/"))

    assert "Uruguay: 2 Ley 1, art. 2" in words
    assert "draft" not in words


def test_a_rule_page_shows_the_legal_limits_in_force_unless_people_set_others(client):
    words = str(read(client, "/methodology/R055/"))
    assert "Uruguay:" in words
    assert "procedure Compra Directa amount 200,000 UYU from Aug. 1, 2020 until Dec. 31, 2020" in words
    assert "source Ley 19.889 (Ley de Urgente Consideración), art. 314" in words
    assert "630,000" not in words

    RuleOverride.objects.create(rule="R055", parameter="thresholds", value=[], country="UY", source="Law 2")
    words = str(read(client, "/methodology/R055/")).split("Example")[0]
    assert "Uruguay: not set Law 2" in words
    assert "200,000" not in words


def test_a_rule_page_says_where_the_rule_is_switched_off(client):
    RuleOverride.objects.create(rule="T18", country="UY", source="Not asked there")

    assert "Switched off in Uruguay: Not asked there" in str(read(client, "/methodology/T18/"))


def test_a_rule_page_tells_how_many_flags_of_a_rule_on_trial_were_right(client):
    words, reading = str(read(client, "/methodology/R054/")), reading_of("R054")

    assert f"people read {reading.read} of its flags on records that nobody had seen" in words
    assert f"and {reading.right} were right" in words
    assert "On trial" not in str(read(client, "/methodology/R018/"))


def test_what_people_wrote_is_shown_as_text(client):
    RuleOverride.objects.create(
        rule="T18", parameter="years", value="<script>1</script>", country="UY", source="<b>x</b>"
    )
    page = client.get("/methodology/T18/").content.decode()

    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_a_rule_page_counts_what_was_assessed_flagged_and_decided(client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    load(*[release(f"ocds-test01-{number}") for number in range(1, 7)])
    two_bids = release("ocds-test01-7")
    two_bids["tender"]["numberOfTenderers"] = 2
    no_method = release("ocds-test01-8")
    del no_method["tender"]["procurementMethod"]
    load(two_bids, no_method)
    audit_due()
    reviewer = get_user_model().objects.create_user("reviewer")
    flags = list(Flag.objects.filter(rule="R018").order_by("pk"))
    for number, flag in enumerate(flags[:4]):
        decision = Review.Decision.DISMISSED if number == 0 else Review.Decision.CONFIRMED
        review_flag(flag=flag, reviewer=reviewer, decision=decision, reason="Read the record")

    words = str(read(client, "/methodology/R018/"))
    assert "Records that it could assess 7" in words
    assert "of these, flagged 6 (86 %)" in words
    assert "Not enough data to tell 1" in words
    assert "/tender/procurementMethod (1)" in words
    rule = RULES["R018"]
    assert f"{rule.version} (in force) " in words
    assert f"{change_of(rule.code, rule.version, 'en').text} 3 0 1" in words
    assert "1 The first one. 0 0" in words
    assert "too few to give a precision" in words

    review_flag(flag=flags[4], reviewer=reviewer, decision=Review.Decision.CONFIRMED, reason="Read the record")
    words = str(read(client, "/methodology/R018/"))
    assert "Of the flags that people decided on, 80 % were confirmed, by two people or by one so far." in words
    assert "between 38 % and 96 %" in words


def test_a_version_newer_than_the_figures_is_reported_with_what_it_changed(client):
    """Public figures may be days older than the version in force, which is the one that flags cite."""
    publish_figures()
    rule = RULES["R018"]
    figures = PublicFigures.objects.get(pk="rules/R018")
    figures.figures["versions"] = figures.figures["versions"][:2]
    figures.save()
    address = "/methodology/R018/?lang=en"
    words = str(read(client, address))
    told = change_of(rule.code, rule.version, "en").text
    assert f"{rule.version} (in force) " in words
    assert f"{told} fewer than five fewer than five fewer than five" in words
    assert f'<tr id="version-{rule.version}">' in client.get(address).content.decode()
    (*_earlier, latest) = client.get("/api/v1/rules/R018/").json()["health"]["versions"]
    assert (latest["version"], latest["change"], latest["confirmed"]) == (rule.version, told, None)


def test_a_rule_page_tells_why_findings_are_withheld(client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    load_reference(FOLDER)
    load(release("ocds-test01-1", tender={"id": "T", "title": "Construcción de red de fibra óptica del hospital"}))
    audit_due()

    words = str(read(client, "/methodology/T07/"))
    assert "but an exclusion applies, or something else is bought 1" in words
    assert "left out: for the own use of a building, an institution or a government: “[…]” 1" in words


def test_a_rule_page_draws_how_its_flags_were_decided_month_by_month(client, settings):
    settings.VEEDOR_PUBLICATION = "reviewed"
    load(*[release(f"ocds-test01-{number}") for number in range(1, 8)])
    audit_due()
    reviewer = get_user_model().objects.create_user("reviewer")
    for number, flag in enumerate(Flag.objects.filter(rule="R018").order_by("pk")):
        decision = Review.Decision.DISMISSED if number < 2 else Review.Decision.CONFIRMED
        review_flag(flag=flag, reviewer=reviewer, decision=decision, reason="Read the record")
    month = f"{timezone.now():%Y-%m}"
    file = "/methodology/R018/decisions.csv?lang=en"

    assert client.get(file).status_code == 404, "the public figures were not published yet"
    PublicFigures.objects.all().delete()
    assert publish_figures()
    assert client.get(file).content.decode().splitlines()[1] == f"{month},5,,", "fewer than five are not told"
    told = f"5 flags, each by the latest decision on it, of all versions. Period: {month}."
    assert told in str(read(client, "/methodology/R018/?lang=en"))

    client.force_login(get_user_model().objects.create_superuser("root"))
    assert client.get(file).content.decode().splitlines()[1] == f"{month},5,0,2"
    picture = client.get("/methodology/R018/decisions.svg?lang=en")
    assert picture["Content-Type"] == "image/svg+xml"
    assert f"{month}, dismissed: 29%" in picture.content.decode()
    assert client.get("/methodology/R018/?lang=en").content.count(b"<figure") == 1
    assert b"<figure" not in client.get("/methodology/T04/?lang=en").content
    assert client.get("/methodology/X99/decisions.csv").status_code == 404


def test_a_rule_that_flags_much_of_what_it_assesses_is_told_to_be_context(client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    load(*[release(f"ocds-test01-{number}") for number in range(20)])
    audit_due()

    assert "Read its flags as context." in str(read(client, "/methodology/R018/"))
    refresh_outcome_counts()
    words = str(read(client, "/methodology/R018/"))
    assert "Counted on " in words
    assert "of these, flagged 20 (100 %)" in words
    assert "Read its flags as context." not in str(read(client, "/methodology/T04/"))


def test_what_was_counted_is_shown_until_it_is_counted_again(client):
    client.force_login(get_user_model().objects.create_superuser("root"))
    load(release())
    audit_due()
    refresh_outcome_counts()
    assert "Records that it could assess 1" in str(read(client, "/methodology/R018/"))
    load(release("ocds-test01-2"))
    audit_due()
    assert "Records that it could assess 1" in str(read(client, "/methodology/R018/"))
    refresh_outcome_counts()
    assert "Records that it could assess 2" in str(read(client, "/methodology/R018/"))
