"""Every text marked for translation is translated, and the compiled catalogs match their sources."""

import gettext
import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.checkers import checkers
from django.utils import translation

from config.django_overrides import DJANGO_OVERRIDES, MONTHS
from tests.support import messages
from tests.support.messages import APPS, LANGUAGES, VARIANTS, Marked, marked_in_code, marked_in_template
from tests.support.wording import FORBIDDEN

PAGES = Path(messages.ROOT, "audits", "rules", "pt")
VALUE = re.compile(r"%\(\w+\)[sdr]|\{\w*\}|`[^`]+`")
CATALOGS = [(app, language) for app in APPS for language in LANGUAGES]
VARIANT_CATALOGS = [(app, variant) for app in APPS for variant in VARIANTS]
# Words of Portugal that nobody is to meet in the Portuguese of Brazil, and the other way round.
OF_PORTUGAL = re.compile(
    r"\b(registos?|registad\w+|ficheiros?|utilizador\w*|ecrãs?|palavras?-passe|equipas?|factos?|contactos?|planead\w+|"
    r"planeamento|descarreg\w+|partilh\w+|telemóve\w+|secç\w+|controlo|gerir|alojad\w+|adjudicatári\w+|"
    r"ajustes? diret\w+|concursos? públic\w+|correio eletrón\w+|económic\w+|género\w*|monitorização)\b",
    re.IGNORECASE,
)
OF_BRAZIL = re.compile(
    r"\b(registros?|registrad\w+|arquivos?|usuári\w+|telas?|senhas?|equipes?|contatos?|planejad\w+|planejamento|baixad\w+|"
    r"compartilh\w+|celular\w*|seçõ\w+|seção|controle|gerenci\w+|hospedagem|eletrônic\w+|econômic\w+|gênero\w*)\b",
    re.IGNORECASE,
)


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


@pytest.mark.parametrize(("app", "language"), [*CATALOGS, *VARIANT_CATALOGS])
def test_a_translation_has_the_values_of_its_text(app, language):
    catalog = messages.read_catalog(app, language)
    for message in catalog:
        if message.id:
            for text, translation in forms(message):
                assert sorted(VALUE.findall(translation)) == sorted(VALUE.findall(text))
            for check in checkers:
                check(catalog, message)


@pytest.mark.parametrize(("app", "language"), [*CATALOGS, *VARIANT_CATALOGS])
def test_no_translation_judges_anyone(app, language):
    catalog = messages.read_catalog(app, language)
    words = [translation for message in catalog if message.id for _, translation in forms(message)]

    assert not FORBIDDEN.findall("\n".join(words))


@pytest.mark.parametrize(("app", "language"), [*CATALOGS, *VARIANT_CATALOGS])
def test_what_is_compiled_is_what_is_written(app, language):
    file = messages.catalog_file(app, language)

    assert file.read_bytes() == messages.as_text(messages.updated(app, language)), "run `make messages`"
    assert file.with_suffix(".mo").read_bytes() == messages.compiled(messages.updated(app, language))
    with file.with_suffix(".mo").open("rb") as compiled:
        translations = gettext.GNUTranslations(compiled)
    for message in messages.read_catalog(app, language):
        if message.id and isinstance(message.id, str):
            found = translations.pgettext(message.context, message.id) if message.context else None
            assert (found or translations.gettext(message.id)) == message.string


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_text_is_translated_the_same_way_everywhere(language):
    """Django merges the catalogs: of two translations one would win."""
    seen = {}
    for app in APPS:
        for message in messages.read_catalog(app, language):
            if message.id:
                assert seen.setdefault((message.id, message.context), message.string) == message.string


@pytest.mark.parametrize(("app", "variant"), VARIANT_CATALOGS)
def test_a_variant_holds_only_what_it_says_otherwise_and_leaves_no_word_of_the_other(app, variant):
    catalog, other = messages.read_catalog(app, variant), messages.read_catalog(app, VARIANTS[variant])
    for message in catalog:
        if message.id:
            same = other.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            # Of months, Django's own catalog of the variant would go before ours of the other language.
            assert same.string != message.string or message.id in MONTHS
            assert not OF_BRAZIL.findall(str(message.string))


@pytest.mark.parametrize("app", APPS)
def test_readers_in_brazil_meet_no_word_of_portugal(app):
    found = {
        message.id: words
        for message in messages.read_catalog(app, "pt")
        if message.id and (words := OF_PORTUGAL.findall(str(message.string)))
    }
    assert found == {}


def test_pages_of_rules_meet_no_word_of_portugal():
    pages = {page.name: OF_PORTUGAL.findall(page.read_text(encoding="utf-8")) for page in PAGES.glob("*.md")}
    assert len(pages) > 50
    assert {name: words for name, words in pages.items() if words} == {}


@pytest.mark.parametrize(
    ("language", "record", "password", "second_factor"),
    [("pt-br", "Registro", "Senha", "Segundo fator"), ("pt-pt", "Registo", "Palavra-passe", "Segundo fator")],
)
def test_each_portuguese_has_its_words_for_ours_and_for_those_of_django(language, record, password, second_factor):
    with translation.override(language):
        told = [translation.gettext(text) for text in ("Record", "Password", "Second factor")]
    assert told == [record, password, second_factor]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("pt", "pt-br"), ("pt-BR", "pt-br"), ("pt-PT,pt;q=0.8", "pt-pt"), ("es-MX", "es"), ("fr", "en")],
)
def test_a_browser_that_asks_for_portuguese_alone_gets_that_of_brazil(client, asked, given):
    answer = client.get("/methodology/reader/", headers={"Accept-Language": asked})
    assert answer.headers["Content-Language"] == given
    assert f'<html lang="{given}">' in answer.content.decode()


@pytest.mark.parametrize(
    ("asked", "given"),
    [("pt", "pt-br"), ("pt-pt", "pt-pt"), ("pt-br", "pt-br"), ("pt-PT", "pt-pt"), ("ES", "es"), ("xx", "en")],
)
def test_an_address_may_name_portuguese_with_or_without_its_region(client, asked, given):
    answer = client.get(f"/methodology/reader/?lang={asked}")
    assert answer.headers["Content-Language"] == given
    assert f'<html lang="{given}">' in answer.content.decode()
    assert 'lang="pt-pt" hreflang="pt-pt"' in answer.content.decode()


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


@pytest.mark.parametrize("language", ["es", "pt-br", "pt-pt"])
def test_admin_messages_use_the_gender_of_each_name(language):
    """Neither by an article before the name nor by a pronoun or a participle behind it."""
    agreeing = re.compile(r"\b(o|a|el|la|uma?|una) [{%]|\w[aei]r-?l[oa]s?\b|”[^.]* \w+[ai]d[oa]\b", re.IGNORECASE)
    with translation.override(language):
        said = {text: translation.gettext(text) for text in DJANGO_OVERRIDES}
    assert [text for text, words in said.items() if words == text or agreeing.search(words)] == []
