from pathlib import Path

import pytest

from audits.matching.lexicon import Term, expand
from audits.matching.reference.data import Reference
from audits.matching.texts.phrases import PhraseIndex
from contracts.ocds.parsing.objects import Text

TERMS = [
    Term("facial_recognition", "es", "reconocimiento facial"),
    Term("facial_recognition", "es", "sistema de reconocimiento facial"),
    Term("video_surveillance", "es", "videovigilancia"),
    Term("service", "es", "videovigilancia como servicio"),
    Term("camera", "es", "cámara", "weak"),
    Term("negative", "es", "cámara de comercio"),
    Term("command_centre", "es", "central de monitoreo"),
    Term("negative", "es", "monitoreo ambiental"),
    Term("software", "es", "ERP"),
    Term("product", "xx", "Oracle"),
    Term("hosting", "es", "hosting"),
    Term("network", "en", "LPR"),
    Term("workshop", "pt", "oficinas de"),
    Term("location", "en", "gps"),
]


@pytest.fixture(scope="module")
def reference():
    return Reference(terms=TERMS, entries=[])


def concepts(reference, text, language=""):
    mentions, _ = reference.scan(Text("/tender/title", text, "title"), language)
    return [found.concept for found in mentions]


def test_a_mention_is_reported_as_written(reference):
    text = "Compra de RECONO-\nCIMIENTO   FACIAL para todos"

    (found,), _ = reference.scan(Text("/tender/title", text, "title"))

    assert text[found.start : found.end] == found.written == "RECONO-\nCIMIENTO   FACIAL"


def test_the_longest_mention_of_a_concept_wins(reference):
    (found,), _ = reference.scan(Text("/x", "sistema de reconocimiento facial", "title"))

    assert found.term == "sistema de reconocimiento facial"


def test_two_concepts_may_share_words(reference):
    assert concepts(reference, "videovigilancia como servicio") == ["video_surveillance", "service"]


def test_a_negative_phrase_masks_its_own_span_only(reference):
    assert concepts(reference, "una cámara de comercio y una cámara") == ["camera"]


def test_a_negative_phrase_masks_what_it_overlaps(reference):
    assert concepts(reference, "central de monitoreo ambiental") == []


def test_a_phrase_inside_a_word_is_none(reference):
    assert concepts(reference, "antecámara") == []


def test_an_abbreviation_needs_capitals(reference):
    assert concepts(reference, "un ERP y otro erp") == ["software"]


def test_a_product_needs_its_capital(reference):
    assert concepts(reference, "the oracle speaks of Oracle") == ["product"]


def test_an_english_record_is_read_with_english_terms(reference):
    assert concepts(reference, "hosting an event", "en") == []
    assert concepts(reference, "hosting web", "es") == ["hosting"]


@pytest.mark.parametrize("declared", ["EN", "en-GB", "es"])
def test_an_english_text_is_read_as_english_whatever_the_record_states(reference, declared):
    assert concepts(reference, "Hosting of the fair for the council", declared) == []


def test_a_term_of_one_language_does_not_read_text_of_another(reference):
    assert concepts(reference, "Muebles para las oficinas de la alcaldía y del consejo", "es") == []
    assert concepts(reference, "Realização de oficinas de teatro em escolas do município", "pt") == ["workshop"]


@pytest.mark.parametrize("text", ["LPR-FHIS-22-2017", "Proceso 12/LPR/2020", "LPR_2021", "lprs", "lpr"])
def test_an_abbreviation_within_a_reference_number_is_none(reference, text):
    assert concepts(reference, text) == []


def test_the_plural_of_other_initials_is_not_read(reference):
    assert concepts(reference, "GPS of buses", "en") == ["location"]
    assert concepts(reference, "Visits to GPs and nurses", "en") == []


def test_an_abbreviation_in_capitals_is_read(reference):
    assert concepts(reference, "Cámaras LPR/ANPR para 3 accesos") == ["camera", "network"]


def test_a_denied_mention_is_marked(reference):
    (found,), _ = reference.scan(Text("/x", "no incluye reconocimiento facial", "title"))

    assert found.negated


def test_no_negative_phrase_of_the_fixture_silences_a_term_of_the_same_words():
    terms = Reference.read(Path(__file__).parents[3] / "fixtures" / "reference").terms
    negative = {(term.language, term.term.lower()) for term in terms if term.concept == "negative"}

    assert not [
        term for term in terms if term.concept != "negative" and (term.language, term.term.lower()) in negative
    ]


def test_a_row_with_slots_is_as_many_terms_as_its_alternatives_allow():
    assert expand("(cámara|grabador de video) de (seguridad|vigilancia)") == [
        "cámara de seguridad",
        "cámara de vigilancia",
        "grabador de video de seguridad",
        "grabador de video de vigilancia",
    ]
    assert expand("videovigilancia") == ["videovigilancia"]


@pytest.mark.parametrize("row", ["(uno|otro", "uno|otro", "uno)", "((a|b)|c)", "cámara (|de) red", "a ( |b)"])
def test_slots_that_cannot_be_read_are_refused(row):
    with pytest.raises(ValueError, match="slots are written"):
        Term("x", "es", row)


def test_each_term_of_a_row_is_found_in_all_its_forms():
    reference = Reference(terms=[Term("camera", "es", "cámara (fija|móvil)")], entries=[])
    found, _ = reference.scan(Text("/x", "dos cámaras fijas, una cámara móvil y otra térmica", "title"))
    assert [(mention.term, mention.written) for mention in found] == [
        ("cámara fija", "cámaras fijas"),
        ("cámara móvil", "cámara móvil"),
    ]


def test_a_long_text_is_searched_once_however_often_a_record_asks(monkeypatch):
    reference = Reference(terms=[Term("hosting", "es", "nube")], entries=[])
    text = Text("/tender/description", "servicio en la nube " * 20, "description")
    searched = []
    find = PhraseIndex.find
    monkeypatch.setattr(PhraseIndex, "find", lambda index, folded: (searched.append(folded), find(index, folded))[1])

    found, _names = reference.scan(text, "es")
    assert reference.scan(text, "es")[0] == found != []
    assert reference.language_of(text, "es") == "es"
    assert reference.fold(text).text == text.value
    assert len(searched) == 1


def test_texts_that_are_remembered_stay_few_letters(monkeypatch):
    monkeypatch.setattr("audits.matching.reference.data._RECENT_LETTERS", 1000)
    reference = Reference(terms=[Term("hosting", "es", "nube")], entries=[])
    for number in range(40):
        reference.scan(Text("/tender/description", f"{number} servicio en la nube " * 20, "description"), "es")
    assert sum(map(len, reference._read_lately)) <= 1000
    assert [text.split()[0] for text in reference._read_lately] == ["38", "39"]  # those that are read again next
