"""The model card of the classifier: its figures, the weights its training started from, and the rules that link it."""

import json
import re
from datetime import date

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from audits.judging.rule.pages import parse
from audits.judging.rule.texts import LANGUAGES
from audits.matching.purchases.notice_reader import NoticeReader
from audits.reference.rule_sets import WEIGHTS
from audits.rules import RULES
from tests.audits.reading import TEXTS, Words, blocks_of
from tests.support.wording import FORBIDDEN

pytestmark = pytest.mark.django_db


def test_the_card_tells_what_taught_the_weights_that_training_went_on_from(client):
    start = NoticeReader.load(WEIGHTS).card["start"]
    page = client.get("/methodology/reader/", headers={"Accept-Language": "en"}).content.decode()

    rows = sum(start["sources"].values())
    assert f"Its training started from weights learned from {rows} rows of {start['buyers']} buyers by" in page
    assert "If those include the same buyers, the figures below are too good." in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_of_the_reader_has_its_data_figures_and_limits(client, language):
    page = client.get("/methodology/reader/", headers={"Accept-Language": language}).content.decode()
    words, card = str(Words(page)), json.loads(WEIGHTS.read_text())["card"]

    shown = parse((TEXTS / f"reader.{language}.md").read_text(encoding="utf-8"), "", language)
    english = parse((TEXTS / "reader.en.md").read_text(encoding="utf-8"), "", "en")
    assert blocks_of(shown) == blocks_of(english)
    assert not FORBIDDEN.findall(words)
    for name in ("all", "es", "pt", "en"):
        assert f'<td class="number" rowspan="4">{card["rows"][name]}</td>' in page
        precision = round(card["cross_validated"][name]["0.1"]["precision"] * 100)
        assert f'<td class="number">{precision} %</td>' in page
    assert NoticeReader.load(WEIGHTS).digest in words
    with override(language):
        assert date_format(date.fromisoformat(card["trained_on"]), "DATE_FORMAT") in words
    assert re.search(r"inteligencia artificial|inteligência artificial|artificial intelligence", words)


@pytest.mark.parametrize("code", RULES)
def test_each_rule_that_uses_the_reader_leads_to_its_card_and_calls_it_nothing_else(client, code):
    page = client.get(f"/methodology/{code}/", {"lang": "es"}).content.decode()

    assert ("/methodology/reader/?lang=es" in page) == RULES[code].has_two_keys
    for told in re.findall(r"<p[^>]*>[^<]*(?:<code>)?reader_threshold.*?</p>", page, re.DOTALL):
        assert not re.search(r"\b(IA|AI)\b|artificial", told)
