"""What rules say: whole, in three languages with the same values, and judging nobody."""

import re
from inspect import getfile
from itertools import product
from pathlib import Path

import pytest

from audits.judging.rule.texts import LANGUAGES
from audits.judging.rule.vocabulary import ON_TRIAL, READER_PARAMETER
from audits.reports.rule_changes import Change, all_changes, change_of
from audits.rules import RULES
from audits.rules.clauses import CLAUSES
from tests.support.wording import placeholders

pytestmark = pytest.mark.rules


FORBIDDEN = re.compile(
    r"\b(fraud\w*|suspicio\w*|guilt\w*|scor(e|es|ing)|corrupt\w*|fraude\w*|sospech\w*|suspeit\w*|culpab\w*|culpad\w*)\b",
    re.IGNORECASE,
)

# What a title must not state, beside the name of a buyer and a supplier: an offence by the laws of some countries, or
# that there is none of what a record does not have.
CHARGES = re.compile(
    r"unjustified|splitting|undisclosed|missing|not published|excess|exceso|fraccionamiento|fracionamento|"
    r"(sin|sem) fundamento|(no|não) (declarad|publicad)|faltan?\b|faltam?\b|\b(gift|regalo|presente)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("code", RULES)
def test_nothing_of_a_rule_is_left_to_be_filled_in(code):
    module = Path(getfile(RULES[code].judge))
    translations = [file for language in LANGUAGES for file in (module.parent / language).glob(f"{module.stem}.*")]
    for file in (module, *translations, module.parent / "cases" / f"{code.lower()}.yaml"):
        assert "TODO" not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize("rule", CLAUSES, ids=lambda rule: rule.code)
def test_each_word_of_the_page_that_rules_share_is_put_in(rule):
    assert [text.page for text in rule.texts.values() if "{" in text.page] == []


@pytest.mark.parametrize("code", RULES)
def test_a_page_names_every_parameter(code):
    page = RULES[code].text("en").page
    named = {parameter for parameter in RULES[code].parameters if f"`{parameter}`" in page}
    assert RULES[code].parameters.keys() - named <= {READER_PARAMETER, ON_TRIAL}


@pytest.mark.parametrize("code", RULES)
def test_a_title_has_at_most_five_words_in_each_language(code):
    assert set(RULES[code].texts) == set(LANGUAGES)
    for text in RULES[code].texts.values():
        assert 1 <= len(text.title.split()) <= 5


@pytest.mark.parametrize("code", RULES)
def test_every_language_has_every_text_with_the_same_values(code):
    for kind in ("sentences", "reasons"):
        spoken = {
            language: {name: placeholders(text) for name, text in getattr(RULES[code].texts[language], kind).items()}
            for language in LANGUAGES
        }
        assert spoken["es"] == spoken["en"]
        assert spoken["pt"] == spoken["en"]


@pytest.mark.parametrize("code", RULES)
def test_every_version_after_the_first_tells_what_it_changed(code):
    versions = set(range(2, RULES[code].version + 1))
    assert {version for of, version in all_changes() if of == code} == versions, "see audits/rules/changes"
    for version, language in product(versions, LANGUAGES):
        change = change_of(code, version, language)
        assert change.text.endswith(".")
        assert change.since
        assert not FORBIDDEN.findall(change.text)


def test_changes_are_those_of_rules():
    assert {code for code, _version in all_changes()} <= set(RULES)


def test_the_first_version_changed_nothing():
    assert change_of("R018", 1, "es") == Change(since=None, text="")


def test_a_change_is_reported_in_the_words_of_portugal():
    assert change_of("R001", 4, "pt").text == "Não se pergunta por registros cujo ocid não nomeia nenhum processo."
    assert change_of("R001", 4, "pt-pt").text == "Não se pergunta por registos cujo ocid não nomeia nenhum processo."


@pytest.mark.parametrize("code", RULES)
def test_no_word_of_a_rule_judges_anyone(code):
    texts = RULES[code].texts.values()
    words = [
        word for text in texts for word in (text.page, text.title, *text.sentences.values(), *text.reasons.values())
    ]

    assert not FORBIDDEN.findall("\n".join(words))
    assert [text.title for text in texts if CHARGES.search(text.title)] == []


def test_a_ministry_is_called_no_corps():
    """The list of security bodies has ministries too, which no reader of Spanish takes for a "cuerpo"."""
    said = RULES["T02"].render("default", {"words": "Ministerio del Interior"}, "es")
    assert said == "Un organismo de seguridad compra esta tecnología: Ministerio del Interior."


@pytest.mark.parametrize(
    ("code", "sentence", "values", "en", "es"),
    [
        ("T18", "default", {"years": 8.0, "limit": 4}, "8 years", "8 años"),
        ("T18", "default", {"years": 4.5, "limit": 4}, "4.5 years", "4,5 años"),
        (
            "R031",
            "default",
            {"award": "PEN 1\u202f000.50", "estimate": "PEN 9", "percent": "112.5"},
            "112.5 %",
            "112,5 %",
        ),
        ("R031", "default", {"award": "PEN 1\u202f000.50", "estimate": "PEN 9", "percent": "100.0"}, "100 %", "100 %"),
        (
            "R031",
            "default",
            {"award": "BRL 79\u202f000", "estimate": "PEN 9", "percent": "1"},
            "79,000",
            "79\u202f000",
        ),
        ("R031", "default", {"award": "PEN 1\u202f000.50", "estimate": "9", "percent": "9"}, "000.50", "000,50"),
        ("T16", "default", {"vendor": "X", "lists": "Ley 13.709"}, "13.709", "13.709"),
        (
            "T16",
            "default",
            {"vendor": "X", "lists": "A (2021-03-12), B (2019-05), C (2023), D (undated)"},
            "A (12 March 2021), B (May 2019), C (2023), D (date not known)",
            "A (12 de marzo de 2021), B (mayo de 2019), C (2023), D (sin fecha conocida)",
        ),
        ("T09", "default", {"words": "nube, correo …"}, "nube, correo …", "nube, correo …"),
    ],
)
def test_numbers_are_written_as_the_reader_writes_them(code, sentence, values, en, es):
    assert en in RULES[code].render(sentence, values, "en")
    assert es in RULES[code].render(sentence, values, "es")
    assert es.split()[0] in RULES[code].render(sentence, values, "pt")
    assert not RULES[code].render(sentence, values, "es").endswith("….")


def test_thousands_are_parted_as_on_pages():
    values = {"award": "BRL 1\u202f079\u202f000.50", "estimate": "PEN 9", "percent": "1"}
    told = {language: RULES["R031"].render("default", values, language) for language in ("en", "es", "pt", "pt-pt")}
    assert "BRL 1,079,000.50," in told["en"]
    assert "BRL 1\u202f079\u202f000,50," in told["es"]
    assert "BRL 1.079.000,50," in told["pt"]
    assert "BRL 1\u202f079\u202f000,50," in told["pt-pt"]
