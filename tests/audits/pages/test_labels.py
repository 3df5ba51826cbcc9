"""Labels of codes."""

import pytest
from django.utils.translation import override

from audits.pages.labels import sentence_judged, why_not


@pytest.mark.parametrize(
    ("outcome", "spanish"),
    [
        ({"reason": "method_is", "values": {"method": "direct"}}, "el método de contratación es contratación directa"),
        ({"reason": "missing", "field": "/awards"}, "falta /awards"),
        ({"reason": "period_reversed", "field": "/x"}, "el período de licitación termina antes de comenzar"),
        ({"reason": "method_is"}, "el método de contratación es …"),
        # as versions before 0.2.0 stored them
        ({"reason": "the procurement method is direct"}, "the procurement method is direct"),
        ({"reason": "KeyError"}, "KeyError"),
        ({}, ""),
    ],
)
def test_reasons_are_translated_and_old_ones_shown_unchanged(outcome, spanish):
    with override("es"):
        assert why_not("R003", outcome) == spanish


def test_a_sentence_that_was_judged_has_the_words_of_portugal_for_its_readers():
    judged = {"text": {"en": "One tenderer.", "pt": "Um licitante."}}
    for language, told in (("pt-pt", "Um concorrente."), ("pt-br", "Um licitante."), ("es", "One tenderer.")):
        with override(language):
            assert sentence_judged(judged) == told


def test_reasons_of_a_removed_rule_are_shown():
    with override("en"):
        assert why_not("X99", {"reason": "not_in_scope"}) == "the object is not technology in scope"
        assert why_not("X99", {"reason": "of_its_own", "values": {"n": 1}}) == "of_its_own"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"probability": 0.1024, "words": ""}, "withheld: … gives 10 % …; words against it: none by itself"),
        ({"probability": 0.0042, "words": "agua"}, "withheld: … gives < 1 % …; words against it: agua"),
    ],
)
def test_findings_withheld_by_the_classifier_give_its_certainty_and_any_words(values, text):
    with override("en"):
        written = why_not("T01", {"reason": "withheld_reading", "values": values})
    middle = "the text classifier gives", "that the notice is about technology"
    assert written == text.replace("… gives", middle[0]).replace("…", middle[1])
