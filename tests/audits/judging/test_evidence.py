"""One stretch of text is marked once, with all that it shows; the strongest passage stands first."""

import pytest

from audits.judging.dossiers.building import build_dossier
from audits.judging.rule.evidence import passage, without_repeats
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Evidence
from tests.support.cases import reference

pytestmark = pytest.mark.rules
TEXT = "Acquisition of public cloud services for the health records"


def marked(words, note="", path="/tender/title"):
    start = TEXT.index(words)
    end = start + len(words)
    return Evidence(path, TEXT, passage(TEXT, start, end), start, end, note)


def test_words_within_words_are_marked_once_with_both_notes():
    found = without_repeats(
        [marked("cloud", "cloud_product"), marked("public cloud", "cloud"), marked("cloud", "cloud")]
    )

    assert found == (marked("public cloud", "cloud_product, cloud"),)


def test_words_that_overlap_are_one_stretch():
    (found,) = without_repeats([marked("public cloud", "cloud"), marked("cloud services", "cloud")])

    assert TEXT[found.start : found.end] == "public cloud services"
    assert found.note == "cloud"
    assert found.passage == passage(TEXT, found.start, found.end)


def test_a_whole_value_holds_its_words():
    whole = Evidence("/tender/title", TEXT, note="budget")

    assert without_repeats([marked("cloud", "cloud"), whole]) == (
        Evidence("/tender/title", TEXT, note="cloud, budget"),
    )


def test_other_words_other_texts_and_other_processes_stay_in_their_order():
    places = [
        marked("records"),
        marked("cloud"),
        marked("cloud", path="/tender/description"),
        Evidence("/tender/title", TEXT, ocid="ocds-test01-1"),
        Evidence("/tender/title", TEXT, ocid="ocds-test01-2"),
    ]

    assert without_repeats(places) == tuple(places)


def test_what_names_people_stands_before_what_only_films_them():
    dossier = build_dossier(
        {"language": "en", "tender": {"title": "CCTV cameras", "description": "With live facial recognition"}},
        reference=reference(),
    )
    mentions = dossier.mentions_of("video_surveillance", "facial_recognition")

    assert next(mention.concept for mention in mentions) == "video_surveillance"
    assert next(first_of_each(mentions)).concept == "facial_recognition"
    assert named(mentions).startswith("facial recognition")
