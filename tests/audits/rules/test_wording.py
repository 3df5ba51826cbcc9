"""Flags in Spanish and Portuguese contain no English, no codes and no machine dates."""

import csv
import re

import pytest
from django.utils import translation

from audits.judging.rule.formats import SECTORS, Worded, date_in_words
from audits.judging.rule.texts import fill
from audits.matching.laws.grounds import KINDS
from audits.rules import RULES
from audits.wording import CONCEPTS, note_in_words, place_name, value_in_words
from contracts.ocds.codelists.codes import CODES
from tests.support.cases import ROOT, findings_of

pytestmark = pytest.mark.rules
# Words that neither Spanish nor Portuguese has, and names of members and codes that are no words at all.
ENGLISH = re.compile(
    r"\b(the|of|and|is|was|were|by|from|with|which|what|this|that|it|for|not|only|months|years|days|process|record|"
    r"page|pages|supplier|buyer|tender|award|bid|open|direct|selective|works|services|goods|telecoms|price)\b"
    r"|[a-z]+[A-Z][a-zA-Z]+|\b[a-z0-9]+_[a-z0-9_]+|(?<![\w/])/[a-z]+",
)
MACHINE_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?|\d{2}:\d{2}:\d{2}[+.Z]")
POINT = re.compile(r"\d\.\d")


def without_quotes(text, values):
    """Return a text without the values that are words of the record: names, passages, ids, laws."""
    for value in sorted({str(value) for value in values if isinstance(value, str)}, key=len, reverse=True):
        text = text.replace(value, "§")
    return text


def assert_is_in_words(text):
    for pattern in (ENGLISH, MACHINE_DATE):
        assert not pattern.search(text), f"{pattern.search(text)[0]!r} in: {text}"


@pytest.mark.parametrize("language", ["es", "pt"])
@pytest.mark.parametrize("code", RULES)
def test_all_that_a_flag_says_is_in_the_readers_language(code, language):
    with translation.override(language):
        for _case, finding in findings_of(code):
            sentence = RULES[code].render(finding.sentence, finding.values, language)
            assert not MACHINE_DATE.search(sentence), sentence
            assert_is_in_words(without_quotes(sentence, finding.values.values()))
            for place in finding.evidence:
                # A member of the publisher's own has no name but the one that the publisher gave.
                assert_is_in_words(place_name(place.path).removeprefix("/procurement_type"))
                assert_is_in_words(without_quotes(note_in_words(place.note), [str(place.value)]))


@pytest.mark.parametrize("code", RULES)
def test_numbers_have_the_comma_of_the_language_and_the_point_of_english(code):
    for _case, finding in findings_of(code):
        numbers = {
            name: value for name, value in finding.values.items() if not isinstance(value, str) or name == "hhi"
        }
        template = RULES[code].text("es").sentences[finding.sentence]
        assert not POINT.search(fill(template, numbers, "es"))


def test_every_concept_and_every_kind_of_ground_has_words():
    with (ROOT / "fixtures" / "reference" / "lexicon.csv").open(encoding="utf-8", newline="") as file:
        concepts = {row["concept"] for row in csv.DictReader(file)}

    assert (concepts | KINDS) <= set(CONCEPTS)


def test_codes_and_sectors_are_said_in_three_languages():
    for words in (*CODES.values(), *SECTORS.values()):
        assert len(words) == 3
        assert all(words)


@pytest.mark.parametrize(
    ("template", "value", "shown"),
    [
        ("{x:date}", "2024-03-20", "20 de marzo de 2024"),
        ("{x:date}", "2024-03-09T20:00:00-05:00", "9 de marzo de 2024, 20:00 UTC−5"),
        ("{x:date}", "2024-03-09T20:00:01+05:30", "9 de marzo de 2024, 20:00:01 UTC+5:30"),
        ("{x:date}", "mañana", "mañana"),
        ("{x:code}", "direct", "contratación directa"),
        ("{x:code}", "Compra menor", "Compra menor"),
        ("{x:group}", "Municipio, PEN, 2018-08 – 2021-08", "Municipio, PEN, agosto de 2018 a agosto de 2021"),
        (
            "{x:buyer}",
            "Alcaldía, sede 2, PEN, 2018-08 – 2021-08",
            "Alcaldía, sede 2 (PEN, agosto de 2018 a agosto de 2021)",
        ),
        ("{x:buyer}", "Alcaldía", "Alcaldía"),
        ("{x:group}", "PE, open, goods", "Perú, licitación abierta, bienes"),
        ("{x:place}", "/contracts/0", "n.º 1"),
        ("{x:place}", "C/1", "C/1"),
        ("{x:proceso|procesos}", 1, "1 proceso"),
        ("{x:proceso|procesos}", 12, "12 procesos"),
        ("{x:number}", "0.31", "0,31"),
        ("{y:date}", "", "…"),
    ],
)
def test_a_template_says_what_a_value_is(template, value, shown):
    assert fill(template, {"x": value}, "es") == shown


def test_a_name_that_ends_with_a_point_ends_the_sentence():
    assert fill("A {x}.", {"x": "Ejemplo S.A."}, "es") == "A Ejemplo S.A."


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/tender/awardPeriod/startDate", "Award period begins"),
        ("/awards/1/value/amount", "Award 2: value"),
        ("/parties/0", "Party 1"),
        ("/language", "Language"),
        ("/contracts/2/implementation/transactions/0/value/amount", "Payment 1: value"),
        (f"/documents/{'0' * 64}/pages/3", "Document: page 3"),
        ("/unknown/0/member", "/unknown/0/member"),
    ],
)
def test_a_place_has_a_name(path, name):
    with translation.override("en"):
        assert place_name(path) in {name, f"Tender: {name[0].lower()}{name[1:]}"}


def test_values_stand_in_words():
    with translation.override("es"):
        assert value_in_words("/tender/awardPeriod/startDate", "2016-12-13T00:00:00Z") == "13 de diciembre de 2016"
        assert value_in_words("/awards/0/value/amount", "1250000.5", "PEN") == "PEN 1\xa0250\xa0000,50"
        assert value_in_words("/tender/procurementMethod", "direct") == "contratación directa"
        assert value_in_words("/tender/title", "Cámaras") is None
        assert value_in_words("/awards/0/value/amount", "unknown", "PEN") is None


def test_notes_stand_in_words():
    with translation.override("es"):
        assert note_in_words("cloud, hosting_word") == "nube, alojamiento"
        assert note_in_words("supplier, KR") == "proveedor de Corea del Sur"
        assert note_in_words("Huawei: Huawei Ltd (98)") == "en la lista: Huawei (98 % de parecido: Huawei Ltd)"
        assert note_in_words("Ley 1, art. 2, 3: urgency, secrecy") == "Ley 1, art. 2, 3: urgencia, secreto"
        assert note_in_words("numberOfTenderers") == ""
        assert note_in_words("2024-02-20") == "20 de febrero de 2024"
        assert note_in_words("unsuccessful, 2024-02-20") == "desierto, 20 de febrero de 2024"


ONE, SAME = "China Eximbank: The Export-Import Bank of China (95)", "China Eximbank: China Eximbank (98)"


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (SAME, "en la lista: China Eximbank"),
        # Its name is read as a party's, and word by word.
        (f"{SAME}, China Eximbank", "en la lista: China Eximbank"),
        (f"{SAME}, {ONE}", "en la lista: China Eximbank"),
        (
            f"Huawei: Huawei Ltd (98), ZTE: ZTE Corp (90), {SAME}",
            "en la lista: Huawei (98 % de parecido: Huawei Ltd); ZTE (90 % de parecido: ZTE Corp); China Eximbank",
        ),
        (f"{SAME}, Huawei, cloud", "en la lista: China Eximbank; Huawei, nube"),
        (f"{SAME}, supplier, KR", "en la lista: China Eximbank; proveedor de Corea del Sur"),
        # No match of a list.
        ("Ley 1 (1993): urgency", "Ley 1 (1993): urgencia"),
    ],
)
def test_matches_of_lists_read_as_one_part_of_a_sentence(note, words):
    with translation.override("es"):
        assert note_in_words(note) == words


def test_matches_of_lists_in_other_languages():
    note = f"Huawei: Huawei Ltd (98), {SAME}, China Eximbank"
    for language, words in (
        ("en", "on the list: Huawei (98 % alike: Huawei Ltd); China Eximbank"),
        ("pt", "na lista: Huawei (98 % de semelhança: Huawei Ltd); China Eximbank"),
    ):
        with translation.override(language):
            assert note_in_words(note) == words


def test_days_of_other_languages():
    assert date_in_words("2024-03-01", "en") == "1 March 2024"
    assert date_in_words("2024-03-01", "pt") == "1 de março de 2024"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "A (27 February 2024; taken off: 21 October 2024), B (2016; taken off: March 2017), C (date not known)",
        ),
        ("es", "A (27 de febrero de 2024; retirado: 21 de octubre de 2024), B (2016; retirado: marzo de 2017)"),
        ("pt", "A (27 de fevereiro de 2024; retirado: 21 de outubro de 2024), B (2016; retirado: março de 2017)"),
    ],
)
def test_listings_tell_when_they_ended(language, words):
    lists = "A (2024-02-27/2024-10-21), B (2016/2017-03), C (undated)"

    assert format(Worded(lists, lists, language), "listings").startswith(words)
