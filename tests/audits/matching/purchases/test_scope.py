from pathlib import Path

import pytest

from audits.matching.lexicon import Mention
from audits.matching.purchases import scope
from audits.matching.purchases.scope import SECTORS, SectorClass, SectorClasses
from audits.matching.reference.files import read_rows
from contracts.ocds.parsing.objects import Classification, Item, Text

CLASSES = SectorClasses(read_rows(Path(__file__).parents[4] / "fixtures" / "reference" / "classes.csv", SectorClass))


def decide_scope(mentions, texts, items, *, is_backed=False, is_for_security=False):
    return scope.decide_scope(mentions, texts, items, CLASSES, lambda _: is_backed, lambda: is_for_security)


def mentioned(concept, strength="strong", part="title", term="x", *, start=0, negated=False, lot=""):
    return Mention(
        concept, term, strength, "es", f"/tender/{part}", part, start, start + len(term), term, negated, lot
    )


def test_a_strong_mention_is_enough():
    assert decide_scope([mentioned("cloud")], [], []).sectors == ("cloud",)


def test_one_weak_mention_is_not_enough():
    assert not decide_scope([mentioned("cloud", "weak"), mentioned("cloud", "weak")], [], [])


def test_weak_mentions_count_where_the_whole_reads_like_technology():
    said = [mentioned("cloud", "weak"), mentioned("cloud", "weak", term="y")]

    assert not decide_scope(said, [], [])
    assert decide_scope(said, [], [], is_backed=True).sectors == ("cloud",)
    assert not decide_scope([*said, mentioned("plain_object")], [], [], is_backed=True)


def test_who_backs_weak_mentions_is_told_their_concepts():
    told = []

    scope.decide_scope(
        [mentioned("server_storage", "weak"), mentioned("network_equipment", "weak")],
        [],
        [],
        CLASSES,
        lambda concepts: bool(told.append(concepts)),
        lambda: False,
    )

    assert told == [{"server_storage", "network_equipment"}]


def test_one_word_of_two_languages_is_one_weak_term():
    word = mentioned("network_equipment", "weak", term="antena")
    same = Mention("ran_core", "antenas", "weak", "pt", word.path, word.part, word.start, word.end, word.written)

    assert not decide_scope([word, same], [], [])


@pytest.mark.parametrize(("start", "found"), [(46, ("surveillance",)), (47, ())])
def test_cameras_count_beside_a_word_for_watching(start, found):
    cameras = mentioned("video_surveillance", "weak", term="camera")
    watching = mentioned("monitoring_word", term="vigilancia", start=start)

    assert decide_scope([cameras, watching], [], []).sectors == found


@pytest.mark.parametrize(("others", "found"), [([], ()), (["cybersecurity"], ("command_centre", "cybersecurity"))])
def test_food_for_a_command_centre_is_out_of_scope(others, found):
    said = [
        mentioned("plain_object"),
        mentioned("command_centre", start=9),
        *(mentioned(concept) for concept in others),
    ]

    assert decide_scope(said, [], []).sectors == found


def test_a_command_centre_with_its_furniture_is_in_scope():
    assert decide_scope([mentioned("command_centre"), mentioned("plain_object", start=9)], [], [])


def test_a_denied_mention_says_nothing():
    assert not decide_scope([mentioned("cloud", negated=True)], [], [])


@pytest.mark.parametrize("part", ["party", "method", "rationale", "document", "budget"])
def test_only_the_object_counts(part):
    assert not decide_scope([mentioned("cloud", part=part)], [], [])


@pytest.mark.parametrize(
    ("concept", "strength", "beside"),
    [
        ("cloud", "weak", "lodging"),
        ("server_storage", "weak", "lodging"),
        ("drone", "strong", "surveying"),
        ("location_tracking", "strong", "surveying"),
    ],
)
def test_what_means_another_thing_beside_others_says_nothing(concept, strength, beside):
    assert decide_scope([mentioned(concept, strength)], [], [], is_backed=True)
    assert not decide_scope([mentioned(concept, strength), mentioned(beside)], [], [], is_backed=True)


def test_a_cloud_beside_lodging_and_a_drone_that_watches_land_are_in_scope():
    assert decide_scope([mentioned("cloud"), mentioned("lodging")], [], [])
    assert decide_scope([mentioned("drone"), mentioned("surveying"), mentioned("monitoring_word")], [], [])


@pytest.mark.parametrize(("start", "is_in_scope"), [(81, False), (82, True)])
def test_it_says_nothing_only_near_the_other(start, is_in_scope):
    assert bool(decide_scope([mentioned("drone"), mentioned("surveying", start=start)], [], [])) is is_in_scope


def test_it_says_nothing_in_another_text_of_the_lot_either():
    measures = [mentioned("drone", part="description", lot="1"), mentioned("surveying", part="description", lot="1")]

    assert not decide_scope([mentioned("drone"), *measures], [], [])
    assert not decide_scope([mentioned("drone", part="lot", lot="1"), *measures], [], [])
    assert decide_scope([mentioned("drone", part="lot", lot="2"), *measures], [], [])
    assert decide_scope([mentioned("drone"), mentioned("surveying", part="description")], [], [])
    assert decide_scope([mentioned("drone", part="description", start=500), *measures], [], [])


@pytest.mark.parametrize(
    ("concept", "strength", "beside", "words", "is_in_scope"),
    [
        ("location_tracking", "strong", "surveying", "x de personas, y cartografía", True),
        ("location_tracking", "strong", "surveying", "x de parcelas, y cartografía", False),
        ("drone", "strong", "surveying", "x para patrullaje y topografía", True),
        ("cloud", "weak", "lodging", "x do sistema de gestão de diárias e viagens", True),
        ("cloud", "weak", "lodging", "x em sistema de pensão completa", False),
    ],
)
def test_words_around_it_tell_that_it_says_something(concept, strength, beside, words, is_in_scope):
    said = [mentioned(concept, strength), mentioned(beside)]

    found = decide_scope(said, [Text("/tender/title", words, "title")], [], is_backed=True)

    assert bool(found) is is_in_scope


@pytest.mark.parametrize("concept", ["monitoring_word", "police_integration", "security_body"])
def test_what_measures_land_for_security_is_in_scope_in_its_lot(concept):
    measures = [mentioned("drone", lot="1"), mentioned("surveying", lot="1")]

    assert decide_scope([*measures, mentioned(concept, part="lot", lot="1")], [], [])
    assert not decide_scope([*measures, mentioned(concept, part="lot", lot="2")], [], [])
    assert decide_scope(measures, [], [], is_for_security=True)


def test_a_software_licence_beside_office_equipment_is_out_of_scope():
    assert decide_scope([mentioned("software_licence")], [], [])
    assert not decide_scope([mentioned("software_licence"), mentioned("office_technology")], [], [])


@pytest.mark.parametrize(
    ("scheme", "code", "sector"),
    [
        ("UNSPSC", "46171610", "surveillance"),
        ("unspsc", "43222609", "telecoms"),
        ("CUBSO", "4617161000012345", "surveillance"),
        ("CPV", "32323500-8", "surveillance"),
        ("CPV", "32323000", ""),
        ("CPV", "72400000", "telecoms"),
        ("UNSPSC", "14111507", ""),
        ("UNSPSC", "V1.46171610", "surveillance"),
        ("UNSPSC", "v1.14111507", ""),
        ("OTHER", "46171610", ""),
    ],
)
def test_a_code_tells_its_sector_by_its_leading_digits(scheme, code, sector):
    assert CLASSES.sector_of(Classification(path="/c", scheme=scheme, id=code)) == sector


def test_a_class_without_a_sector_ends_the_wider_one():
    classes = SectorClasses([SectorClass(("A",), "123", "cloud"), SectorClass(("A",), "1234", "")])

    assert [classes.sector_of(Classification(path="/c", scheme="A", id=code)) for code in ("1235", "1234", "12")] == [
        "cloud",
        "",
        "",
    ]


def test_every_sector_of_a_class_is_known():
    assert {row.sector for row in CLASSES.rows} - {""} <= set(SECTORS)


def test_a_code_is_evidence():
    code = Classification(path="/tender/items/0/classification", scheme="UNSPSC", id="46171610")

    found = decide_scope([], [], [Item(path="/tender/items/0", classifications=(code,))])

    assert found.sectors == ("surveillance",)
    assert found.evidence[0].path == "/tender/items/0/classification/id"


def test_sectors_stand_in_their_fixed_order():
    found = decide_scope([mentioned("cybersecurity"), mentioned("cloud"), mentioned("lpr")], [], [])

    assert list(found.sectors) == [sector for sector in SECTORS if sector in found.sectors]


@pytest.mark.parametrize(("others", "sectors"), [(4, ("telecoms",)), (5, ())])
def test_a_sector_must_hold_its_share_of_the_items(others, sectors):
    found = Mention("network_equipment", "x", "strong", "es", "/tender/items/0/description", "item", 0, 1, "x")
    texts = [Text(f"/tender/items/{place}/description", f"tabique {place}", "item") for place in range(others + 1)]

    assert decide_scope([found], texts, []).sectors == sectors


def test_cameras_beside_faces_or_plates_watch():
    cameras = mentioned("video_surveillance", "weak", term="cameras")

    assert decide_scope([cameras, mentioned("facial_recognition", "weak", term="faces", start=20)], [], [])
    assert decide_scope([cameras, mentioned("lpr", "weak", term="plates", start=20)], [], [])
    assert not decide_scope([cameras, mentioned("lpr", "weak", term="plates", start=200)], [], [])
    titled = mentioned("video_surveillance", "weak", part="description", term="cameras")
    assert decide_scope([titled, cameras, mentioned("facial_recognition", "weak", term="faces", start=20)], [], [])
