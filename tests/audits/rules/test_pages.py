"""Every rule has its page in three languages, and the three say the same."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from audits.judging.rule.pages import Page, page, parse
from audits.judging.rule.texts import LANGUAGES, translations_of
from audits.rules import RULES
from tests.audits.reading import blocks_of
from tests.support.new_rule import HEADINGS
from tests.support.wording import FORBIDDEN

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.rules
TRANSLATED = [language for language in LANGUAGES if language != "en"]
NUMBER = re.compile(r"\d+(?:[./]\d+)*")
# A paragraph, or an entry of a list, that is longer can neither be cited nor defended: severity, exclusions and
# exceptions are lists.
MAX_WORDS = 70


def headings_of(shown):
    return tuple(re.findall(r"<h2>(.*?)</h2>", shown.html))


@pytest.mark.parametrize("code", RULES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_a_title_a_lead_and_the_same_sections_in_each_language(code, language):
    shown = page(RULES[code], language)

    assert shown.language == language, f"audits/rules/{language} has no page of {code}"
    assert shown.title == RULES[code].texts[language].title
    assert shown.lead.endswith(".")
    assert headings_of(shown) == HEADINGS[language]
    assert blocks_of(shown) == blocks_of(page(RULES[code], "en"))
    assert not FORBIDDEN.findall(f"{shown.title}\n{shown.lead}\n{shown.html}")
    assert not re.search(r"</h2>\s*(<h2>|$)", shown.html), "an empty section"


def words_of_paragraphs(markdown):
    """Return how many words each heading, paragraph and entry of a list has, without the entries within it."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    return [len(token.content.split()) for token in tokens if token.type == "inline"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", RULES)
def test_no_paragraph_of_a_page_is_a_wall_of_text(code, language):
    assert max(words_of_paragraphs(RULES[code].texts[language].page)) <= MAX_WORDS


def test_words_are_counted_by_paragraph_and_by_entry():
    written = "One two\nthree.\n\n    code is not counted\n\n## Four\n\n* five six:\n  * seven\n* eight\n"
    assert words_of_paragraphs(written) == [3, 1, 2, 1, 1]


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("code", RULES)
def test_a_translation_names_the_same_parameters_rules_and_numbers(code, language):
    """What changed in English and not in the translation is most often one of these."""
    shown, english = page(RULES[code], language).html, page(RULES[code], "en").html

    assert sorted(re.findall(r"<code>(.*?)</code>", shown, re.DOTALL)) == sorted(
        re.findall(r"<code>(.*?)</code>", english, re.DOTALL)
    )
    assert sorted(NUMBER.findall(shown)) == sorted(NUMBER.findall(english))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_is_left_of_a_rule_that_is_gone(language):
    modules = {rule.judge.__module__.rpartition(".")[2] for rule in RULES.values()}

    assert {file.stem for file in (ROOT / "audits" / "rules" / language).glob("*")} == modules


def test_a_language_that_is_not_spoken_gives_english():
    assert page(RULES["T04"], "fr") == page(RULES["T04"], "en")


def test_markdown_becomes_html_and_html_stays_text():
    written = """A `question`
of two lines.

## One

Of `a` & **b**, <script>alert(1)</script>.

* first
  of two
* second

    {"a": 1}

<style>p { color: red }</style>

[link](javascript:alert(1))
"""
    shown = parse(written, "Title", "en")

    assert (shown.title, shown.lead, shown.language) == ("Title", "A question of two lines.", "en")
    assert "<h2>One</h2>\n<p>Of <code>a</code> &amp; <strong>b</strong>, &lt;script&gt;" in shown.html
    assert "<li>first\nof two</li>" in shown.html or "<li>\n<p>first\nof two</p>" in shown.html
    assert not re.search(r"<(script|style|a)\b", shown.html)


def test_a_text_without_a_paragraph_is_a_page_without_a_lead():
    assert parse("", "Title", "en") == Page("Title", "", "", "en")


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "does not begin with front matter"),
        ("## Method\n", "does not begin with front matter"),
        ("---\ntitle: A\n", "does not begin with front matter"),
        ("---\nsentences: {}\n---\n", "missing required field `title`"),
        ("---\ntitle: A\nsentence: {}\n---\n", "unknown field `sentence`"),
        ("---\ntitle: A\nsentences: {default: [1]}\n---\n", "Expected `str`, got `array`"),
        ("---\ntitle: [\n---\n", "while parsing"),
    ],
)
def test_a_translation_that_cannot_be_read_is_named(tmp_path, written, message):
    translation = tmp_path / "es" / "x01_rule.md"
    translation.parent.mkdir()
    translation.write_text(written, encoding="utf-8")

    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        translations_of(tmp_path / "x01_rule.py")
    assert str(translation) in str(raised.value)


def test_a_rule_without_translations_has_none(tmp_path):
    assert translations_of(tmp_path / "x01_rule.py") == {}
