"""Every rule has its page in three languages, and the three say the same."""

import re
from pathlib import Path

import pytest

from audits.judging import pages
from audits.judging.pages import HEADINGS, Page, Paragraph, Piece, Section, page, parse, translation
from audits.judging.vocabulary import LANGUAGES
from audits.rules import RULES

ROOT = Path(__file__).parents[3]
TRANSLATED = [language for language in LANGUAGES if language != "en"]
FORBIDDEN = re.compile(
    r"\b(frau\w*|suspicio\w*|guilt\w*|scor(e|es|ing)|corrupt\w*|fraude\w*|fraudul\w*|sospech\w*|suspeit\w*|culpab\w*"
    r"|culpad\w*|culp[ao]s?|puntaje\w*|puntuaci\w*|pontua\w*|delit\w*|irregular\w*|ilegal\w*|illegal\w*)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+(?:[./]\d+)*")


def pieces_of(shown):
    return [piece for section in shown.sections for paragraph in section.paragraphs for piece in paragraph.pieces]


def text_of(shown):
    return "\n".join(piece.text for piece in pieces_of(shown))


def codes_in(shown):
    return sorted(piece.text for piece in pieces_of(shown) if piece.is_code)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("code", RULES)
def test_a_rule_has_its_page_in_each_language(code, language):
    assert translation(RULES[code], language), f"audits/rules/{language} has no page of {code}"
    assert page(RULES[code], language).language == language


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_a_page_has_a_title_a_lead_and_the_same_sections_in_each_language(code, language):
    shown = page(RULES[code], language)

    assert shown.title == RULES[code].title[language]
    assert shown.lead.endswith(".")
    assert tuple(section.heading for section in shown.sections) == HEADINGS[language]
    english = page(RULES[code], "en")
    assert [len(section.paragraphs) for section in shown.sections] == [
        len(section.paragraphs) for section in english.sections
    ]
    assert all(section.paragraphs for section in shown.sections)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("code", RULES)
def test_a_translation_names_the_same_parameters_rules_and_numbers(code, language):
    """What changed in English and not in the translation is most often one of these."""
    shown, english = page(RULES[code], language), page(RULES[code], "en")

    assert codes_in(shown) == codes_in(english)
    assert sorted(NUMBER.findall(text_of(shown))) == sorted(NUMBER.findall(text_of(english)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_no_word_of_a_page_judges_anyone(code, language):
    shown = page(RULES[code], language)

    assert not FORBIDDEN.findall("\n".join([shown.title, shown.lead, text_of(shown)]))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_is_left_of_a_rule_that_is_gone(language):
    modules = {rule.judge.__module__.rpartition(".")[2] for rule in RULES.values()}

    assert {file.stem for file in (ROOT / "audits" / "rules" / language).glob("*")} == modules


def test_without_a_translation_the_page_is_english_under_the_translated_title(monkeypatch):
    monkeypatch.setattr(pages, "translation", lambda _rule, _language: None)
    shown = page(RULES["T04"], "pt")

    assert shown.language == "en"
    assert shown.title == "Dependência do fornecedor"
    assert shown.sections == page(RULES["T04"], "en").sections


def test_a_language_that_is_not_spoken_gives_english():
    assert page(RULES["T04"], "fr") == page(RULES["T04"], "en")


def test_headings_paragraphs_items_and_code_are_told_apart():
    marked = """A question
of two lines.

## One

Of `a` and ``b``.

* first
  of two
* second

## Two

As it is::

    [{"a": 1},
      2]
"""
    underlined = marked.replace("## One\n", "One\n---\n").replace("## Two\n", "Two\n---\n")
    expected = (
        Section(
            "One",
            (
                Paragraph((Piece("Of "), Piece("a", True), Piece(" and "), Piece("b", True), Piece("."))),
                Paragraph((Piece("first of two"),), is_item=True),
                Paragraph((Piece("second"),), is_item=True),
            ),
        ),
        Section(
            "Two",
            (
                Paragraph((Piece("As it is:"),)),
                Paragraph((Piece('[{"a": 1},\n  2]', True),), is_literal=True),
            ),
        ),
    )
    for text in (marked, underlined):
        assert parse(text, "Title", "en") == Page("Title", "A question of two lines.", expected, "en")
