"""Readers in Portugal get the words of Portugal: catalogs by entries of their own, all else by one table."""

import io
import re
from datetime import date

import pytest
from babel.messages.pofile import read_po
from django.utils.formats import date_format
from django.utils.translation import override

from audits.api.guide import guide_text
from audits.judging.rule.formats import SECTORS
from audits.methodology.views import _TEXTS
from audits.models import Flag
from audits.models.flag import sentence_of
from audits.reference.reason_codes import reason_codes
from audits.reports.rule_changes import all_changes
from audits.rules import RULES
from contracts.ocds.codelists.codes import CODES, DOCUMENT_TYPES
from contracts.ocds.portuguese import WORDS, in_portugal
from tests.support.messages import APPS, catalog_file

WRITTEN = {
    **{
        f"{code} {kind} {key}": text
        for code, rule in RULES.items()
        for kind in ("sentences", "reasons")
        for key, text in getattr(rule.texts["pt"], kind).items()
    },
    **{f"{code} {version}": entry.pt for (code, version), (_day, entry) in all_changes().items()},
    **{f"{code} page": rule.texts["pt"].page for code, rule in RULES.items()},
    **{f"{code} title": rule.texts["pt"].title for code, rule in RULES.items()},
    "guide": guide_text("pt"),
    **{file.name: file.read_text(encoding="utf-8") for file in _TEXTS.iterdir() if file.name.endswith(".pt.md")},
    **{f"code {code}": words[2] for code, words in {**CODES, **DOCUMENT_TYPES, **SECTORS}.items()},
    **{f"reason {code}": reason.pt for code, reason in reason_codes().items()},
    **{f"meaning {code}": reason.meaning_pt for code, reason in reason_codes().items()},
}
# What a reader in Portugal stumbles over, whether the table has it or not; in quotes it is what somebody wrote.
BRAZIL = re.compile(
    r"\b(regist?r(o|ad)\w*|usuári\w+|contat\w+|equipes?|arquiv\w+|telas?|celular\w*|planej\w+|gerenci\w+|câmeras?|seç\w+|"
    r"planilhas?|provedor\w*|acurácia|escopo|caracteres?|acessad\w+|fatos?|senhas?|ônibus|\w*[êô][mn][iao]\w*)\b",
    re.IGNORECASE,
)
QUOTED = re.compile(r'"[^"\n]*"|`[^`\n]*`|https?://\S+')


@pytest.mark.parametrize("name", WRITTEN)
def test_no_word_of_brazil_is_left(name):
    left = {found[0].lower() for found in BRAZIL.finditer(QUOTED.sub("", in_portugal(WRITTEN[name])))}
    assert left <= {"registo", "registos", "caracteres"} | {word for word in left if word in WORDS.values()}


def test_each_row_of_the_table_is_of_use():
    text = " ".join(QUOTED.sub("", text) for text in WRITTEN.values()).lower()
    assert [word for word in WORDS if not re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize("app", APPS)
def test_what_a_catalog_says_with_words_of_brazil_has_an_entry_of_portugal(app):
    brazil, portugal = (read_po(io.BytesIO(catalog_file(app, language).read_bytes())) for language in ("pt", "pt_PT"))
    own = {message.id for message in portugal}
    lacking = {
        message.id: message.string
        for message in brazil
        if message.id and message.id not in own and in_portugal(str(message.string)) != str(message.string)
    }
    assert lacking == {}


def test_quotes_code_and_addresses_stay_and_capitals_are_kept():
    text = 'Registro de `registro` em "registro de preços": https://site.example/registro e {registro}'
    assert in_portugal(text) == (
        'Registo de `registro` em "registro de preços": https://site.example/registro e {registo}'
    )


def test_a_sentence_has_words_of_portugal_and_the_record_its_own():
    values = {"method": "Registro de preços"}
    with override("pt-pt"):
        assert sentence_of("R010", "default", values, "pt-pt") == (
            "O método de contratação é “Registro de preços” e o registo não dá o seu fundamento."
        )
    assert "o registro não dá" in sentence_of("R010", "default", values, "pt")


def test_a_reader_in_portugal_is_asked_in_the_words_of_portugal():
    values = {"sentence": "default", "values": {"method": "direct"}}
    said = {}
    for language in ("pt-br", "pt-pt"):
        with override(language):
            said[language] = Flag(rule="R010", **values).render()
    assert (" registro " in said["pt-br"], " registo " in said["pt-pt"]) == (True, True)
    # What is kept of a decision is said once in Portuguese, whoever decides.
    with override("pt-pt"):
        assert " registro " in Flag(rule="R010", **values).as_judged()["text"]["pt"]


def test_a_page_of_a_rule_is_in_the_words_of_its_reader(client, db):
    pages = {code: client.get("/methodology/R010/", {"lang": code}).content.decode() for code in ("pt-br", "pt-pt")}
    assert ("o registro não dá" in pages["pt-br"], "o registo não dá" in pages["pt-br"]) == (True, False)
    assert ("o registro não dá" in pages["pt-pt"], "o registo não dá" in pages["pt-pt"]) == (False, True)
    assert 'lang="pt-PT"' in pages["pt-pt"] or 'lang="pt-pt"' in pages["pt-pt"]


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.startswith(("reason", "code"))])
def test_texts_for_brazil_use_no_words_of_portugal(name):
    assert re.findall(r"\b(?:registos?|utilizador\w*|ficheiros?|planeamento)\b", WRITTEN[name]) == []


@pytest.mark.parametrize("language", ["pt-br", "pt-pt"])
def test_months_are_written_small(language):
    with override(language):
        written = [date_format(date(2026, month, 1), "DATE_FORMAT") for month in range(1, 13)]
    assert written[0] == "1 de janeiro de 2026"
    assert [text for text in written if text != text.lower()] == []
