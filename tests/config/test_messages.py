"""Every text that is marked for people has its translation, and what is compiled is what is written."""

import gettext
import re

import pytest
from babel.messages import Catalog
from babel.messages.checkers import checkers

from tests.audits.rules.test_pages import FORBIDDEN
from tests.support import messages
from tests.support.messages import APPS, LANGUAGES, Marked, marked_in_code, marked_in_template

VALUE = re.compile(r"%\(\w+\)[sdr]|\{\w*\}|`[^`]+`")
CATALOGS = [(app, language) for app in APPS for language in LANGUAGES]


def forms(message):
    """(text, translation) of a message, each form of the plural with the text that it stands for."""
    if isinstance(message.id, str):
        return [(message.id, message.string)]
    return list(zip(message.id, message.string, strict=True))


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_the_catalog_holds_the_texts_that_are_marked_and_no_others(app, language):
    catalog = messages.read_catalog(app, language)
    held = {(message.id, message.context) for message in catalog if message.id}

    assert held == {
        ((text, plural) if plural else text, context or None) for text, plural, context in messages.marked(app)
    }, "run `make messages`"


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_every_text_is_translated(app, language):
    catalog = messages.read_catalog(app, language)

    assert messages.untranslated(catalog) == []
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_a_translation_has_the_values_of_its_text(app, language):
    catalog = messages.read_catalog(app, language)
    for message in catalog:
        if message.id:
            for text, translation in forms(message):
                assert sorted(VALUE.findall(translation)) == sorted(VALUE.findall(text))
            for check in checkers:
                check(catalog, message)


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_no_translation_judges_anyone(app, language):
    catalog = messages.read_catalog(app, language)
    words = [translation for message in catalog if message.id for _, translation in forms(message)]

    assert not FORBIDDEN.findall("\n".join(words))


@pytest.mark.parametrize(("app", "language"), CATALOGS)
def test_what_is_compiled_is_what_is_written(app, language):
    file = messages.catalog_file(app, language)

    assert file.read_bytes() == messages.as_text(messages.updated(app, language)), "run `make messages`"
    assert file.with_suffix(".mo").read_bytes() == messages.compiled(messages.updated(app, language))
    with file.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    for message in messages.read_catalog(app, language):
        if message.id and isinstance(message.id, str):
            assert translations.gettext(message.id) == message.string


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_text_is_translated_the_same_way_everywhere(language):
    """Django merges the catalogs: of two translations one would win."""
    seen = {}
    for app in APPS:
        for message in messages.read_catalog(app, language):
            if message.id:
                assert seen.setdefault((message.id, message.context), message.string) == message.string


def test_marked_texts_are_read_from_code():
    code = """
title = _("One")
lazy = {404: _lazy("Two")}
long = gettext(
    "Three "
    "in two lines"
)
told = f"{_('Four') + ':':<18}"
counted = ngettext("%(n)d row", "%(n)d rows", 2)
told_apart = pgettext("verb", "List")
left_out = other("No"), _(variable), "No"
"""
    assert marked_in_code(code) == [
        Marked("One"),
        Marked("Two"),
        Marked("Three in two lines"),
        Marked("Four"),
        Marked("%(n)d row", "%(n)d rows"),
        Marked("List", context="verb"),
    ]


def test_marked_texts_are_read_from_templates():
    template = """{% load i18n %}
  <p title="{% translate "It's one (1)" %}">{{ _("Short") }}</p>
    {% blocktranslate with n=x.y %}Two {{ n }} of 5 %{% endblocktranslate %}
{% blocktranslate count n=m %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %} {% translate "(Three)" %}
"""
    assert marked_in_template(template) == [
        Marked("It's one (1)"),
        Marked("Short"),
        Marked("Two %(n)s of 5 %%"),
        Marked("%(n)s row", "%(n)s rows"),
        Marked("(Three)"),
    ]


def test_a_text_that_became_countable_loses_its_translation(monkeypatch, tmp_path):
    old = Catalog(locale="es")
    old.add("row", "fila")
    old.add("kept", "quedó")
    old.add("gone", "se fue")
    monkeypatch.setattr(messages, "read_catalog", lambda _app, _language: old)
    monkeypatch.setattr(messages, "marked", lambda _app: [Marked("row", "rows"), Marked("kept"), Marked("new")])
    catalog = messages.updated("audits", "es")

    assert {message.id: message.string for message in catalog if message.id} == {
        ("row", "rows"): ("", ""),
        "kept": "quedó",
        "new": "",
    }
    assert messages.untranslated(catalog) == ["row", "new"]
