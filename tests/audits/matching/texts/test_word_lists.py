import re
from pathlib import Path

import pytest

from audits.matching.organizations.names import NameReader
from audits.matching.products.unlisted import unlisted_products
from audits.matching.reference.files import read_rows
from audits.matching.texts.normalize import fold_phrase
from audits.matching.texts.word_lists import Word, Words, list_names, read_ordinary_words
from contracts.ocds.fixture_tables import fixture_rows

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "fixtures" / "reference"
ORDINARY = read_ordinary_words(FOLDER / "ordinary_words.txt")
WORDS = Words([*read_rows(FOLDER / "words.csv", Word), *ORDINARY])


def test_every_list_has_words_a_description_and_code_that_asks_for_it():
    described = {row["list"] for row in fixture_rows("reference/word_lists") if row["one_word_is"]}
    code = " ".join(path.read_text() for path in (ROOT / "audits").rglob("*.py"))

    assert {row.list for row in WORDS.rows} == described == list_names()
    assert [name for name in described if f'"{name}"' not in code and f"'{name}'" not in code] == []


def test_a_list_that_nobody_described_is_an_error():
    for ask in (Words().of, Words().any_of, Words().pattern):
        with pytest.raises(KeyError, match="legal_from"):
            ask("legal_from")
    with pytest.raises(KeyError, match="direct_nmuber"):
        Words().pattern_of_country("direct_nmuber", "MX")


def test_every_word_is_folded_and_stands_once():
    assert [row.word for row in WORDS.rows if fold_phrase(row.word) != row.word] == []
    assert len({(row.list, row.word) for row in WORDS.rows}) == len(WORDS.rows)


def test_a_list_without_words_matches_nothing():
    forms = NameReader(Words()).forms("Banco Consorcio S.A.C. del Perú")

    assert (forms.core, forms.local, forms.consortium, forms.common) == ("banco consorcio s a c del peru",) * 2 + (
        False,
        False,
    )


def test_words_of_lists_are_found_as_whole_words_by_a_pattern_that_is_made_once():
    words = Words([Word("places", "centro*"), Word("goods", "red"), Word("others", "torre")])
    found = words.pattern("places", "goods")
    assert [match[0] for match in found.finditer("la red de centros, torre, pared y reduccion")] == ["red", "centros"]
    assert words.pattern("places", "goods") is found
    assert not words.pattern("camera").search("la red")


def test_a_star_stands_for_any_letters_and_nothing_else_does():
    words = Words([Word("places", "centro* de salud"), Word("places", "u.b")])
    place = re.compile(rf"\b{words.any_of('places')}\b")

    assert [place.fullmatch(text) is not None for text in ("centro de salud", "centros de salud", "u.b")] == [True] * 3
    assert not any(place.fullmatch(text) for text in ("centro civico de salud", "centro de saludo", "uxb"))


def test_a_plus_stands_for_a_letter_or_more_and_lists_are_read_together():
    words = Words([Word("buying", "amplia+"), Word("taking", "renta")])
    found = re.compile(rf"\b{words.any_of('buying', 'taking')}\b")

    assert [found.fullmatch(text) is not None for text in ("ampliacion", "renta")] == [True] * 2
    assert not any(found.fullmatch(text) for text in ("amplia", "amplia+", "rentas"))
    assert re.match(words.any_of("camera", "website"), "renta") is None


def test_words_of_a_country_are_found_without_its_code_and_in_no_other_country():
    words = Words([Word("numbers", "mx ad"), Word("numbers", "co mc"), Word("numbers", "mx a b")])
    found = words.pattern_of_country("numbers", "MX")

    assert [found.search(text) is not None for text in ("sf ad 13", "a b", "sf adq", "mc 1", "mx")] == [
        *(True, True, False, False, False)
    ]
    assert words.pattern_of_country("numbers", "MX") is found
    assert words.pattern_of_country("numbers", "PE") is None


@pytest.mark.parametrize(
    "names", [("public_place", "public_body", "beyond_offices"), ("other_object",), ("legal_form",)]
)
def test_words_that_stand_together_are_found_as_those_that_do_not(names):
    rows = [row for name in names for row in WORDS.rows if row.list == name]
    plain = "|".join(re.escape(row.word).replace(r"\*", r"\w*") for row in rows)
    text = " ".join(ending for row in WORDS.rows for ending in (row.word.replace("*", ""), row.word.replace("*", "s")))
    together, apart = re.compile(rf"\b{WORDS.any_of(*names)}\b"), re.compile(rf"\b(?:{plain})\b")

    found = [match.span() for match in apart.finditer(text)]
    assert len(found) >= len(rows)
    assert [match.span() for match in together.finditer(text)] == found


def test_of_two_words_that_begin_alike_the_longer_one_is_found():
    words = Words([Word("places", "centro"), Word("places", "centro de salud"), Word("places", "plaza")])

    assert re.findall(words.any_of("places"), "plaza, centro de salud y centro") == [
        "plaza",
        "centro de salud",
        "centro",
    ]


@pytest.mark.parametrize(
    ("name", "core", "common"),
    [
        ("Grupo Andino S.A.C.", "grupo andino", False),
        ("Servicios Vial S. de R.L.", "servicios vial", False),
        ("Grupo Tecnologías S.A.", "grupo tecnologias", True),
        ("Bosch Security", "bosch security", False),
    ],
)
def test_legal_forms_fall_and_words_of_trade_name_no_firm(name, core, common):
    forms = NameReader(WORDS).forms(name)

    assert (forms.core, forms.common) == (core, common)


def test_the_words_given_tell_a_product():
    rows = [Word("licence_kind", "licencias"), Word("not_product", "zorro")]
    text = "compra de licencias de Zorro para la oficina"

    assert [text[found.start : found.end] for found in unlisted_products(text, "es", Words(rows[:1]))] == ["Zorro"]
    assert list(unlisted_products(text, "es", Words(rows))) == []
    assert list(unlisted_products(text, "es", Words())) == []
