"""Evidence in its context, without a page: where it is cut, what is marked, what is no longer there."""

import pytest

from audits.judging.rule.evidence import passage
from audits.pages.records.evidence import AROUND, read_places


def entry(path, value, start=None, end=None, note=""):
    return {"path": path, "value": value, "passage": "", "start": start, "end": end, "note": note}


def only_passage(text, *spans, release=None):
    entries = [entry("/tender/description", text, start, end) for start, end in spans]
    place = read_places(entries, release or {"tender": {"description": text}})[0]
    assert place.is_present
    return place.passages


def written(passage) -> str:
    return "".join(f"[{piece.text}]" if piece.is_marked else piece.text for piece in passage.pieces)


def test_a_short_text_is_shown_whole():
    (passage,) = only_passage("una cámara fija", (4, 10))
    assert written(passage) == "una [cámara] fija"
    assert not passage.goes_before
    assert not passage.goes_on


def test_a_long_text_is_cut_at_words_on_either_side():
    text = "palabra " * 100 + "CÁMARA" + " palabra" * 100
    (passage,) = only_passage(text, (800, 806))
    before, after = passage.pieces[0].text, passage.pieces[2].text
    assert passage.pieces[1].text == "CÁMARA"
    assert passage.goes_before
    assert passage.goes_on
    assert before.startswith("palabra")
    assert after.endswith("palabra")
    assert AROUND - 20 <= len(before) <= AROUND
    assert AROUND - 20 <= len(after) <= AROUND


def test_a_text_without_spaces_is_cut_too():
    text = "x" * 1000
    (passage,) = only_passage(text, (500, 510))
    assert [len(piece.text) for piece in passage.pieces] == [AROUND, 10, AROUND]


def test_matches_far_apart_are_passages_of_their_own():
    text = "CÁMARA " + "palabra " * 100 + "DRON"
    first, second = only_passage(text, (0, 6), (len(text) - 4, len(text)))
    assert written(first).startswith("[CÁMARA]")
    assert written(second).endswith("[DRON]")


def test_no_character_is_lost_or_doubled_between_marks():
    text = "uno dos tres cuatro cinco seis siete ocho nueve diez"
    (passage,) = only_passage(text, (4, 7), (13, 19), (15, 25), (31, 36))
    assert "".join(piece.text for piece in passage.pieces) == text
    assert written(passage) == "uno [dos] tres [cuatro cinco] seis [siete] ocho nueve diez"


@pytest.mark.parametrize(("start", "end"), [(0, 10_000), (-5, 3), (9_000, 9_004), (5, 2)])
def test_offsets_beyond_the_text_are_ignored(start, end):
    only_passage("una cámara", (start, end))


def test_offsets_count_in_the_text_as_it_was_read():
    # The reader strips spaces and control characters; the document keeps them.
    release = {"tender": {"description": "  \x07una cámara fija \n"}}
    place = read_places([entry("/tender/description", "una cámara fija", 4, 10)], release)[0]
    assert place.is_present
    assert written(place.passages[0]) == "una [cámara] fija"


def test_a_text_that_has_changed_is_shown_as_it_was_judged():
    place = read_places([entry("/tender/title", "una cámara", 4, 10)], {"tender": {"title": "un dron"}})[0]
    assert not place.is_present
    assert written(place.passages[0]) == "una [cámara]"


@pytest.mark.parametrize("release", [{}, {"tender": []}, {"tender": None}, {"tender": "x"}, []])
def test_a_place_that_is_gone_is_not_an_error(release):
    entries = [
        entry("/tender/title", "una cámara", 4, 10),
        entry("/tender/value/amount", 5),
        entry("/awards/7/id", "x"),
    ]
    assert [place.is_present for place in read_places(entries, release)] == [False, False, False]


def test_values_of_one_object_are_shown_in_one_table():
    release = {"tender": {"numberOfTenderers": 1, "procurementMethod": "open", "items": [{"id": "1"}, {"id": "2"}]}}
    entries = [entry("/tender/numberOfTenderers", 1), entry("/tender/procurementMethod", "open")]
    (place,) = read_places(entries, release)
    assert [(member.name, member.is_cited) for member in place.members] == [
        ("Number of tenderers", True),
        ("Procurement method", True),
        ("Item", False),
    ]
    assert place.members[2].value == "1; 2"


def test_an_entry_of_a_list_is_reported_by_its_name_and_number():
    release = {"awards": [{"suppliers": [{"id": "S1", "name": "Maker"}, {"id": "S2", "name": "Seller"}]}]}
    (place,) = read_places([{"path": "/awards/0/suppliers/1", "value": {"id": "S2", "name": "Seller"}}], release)
    assert [(member.name, member.value, member.is_cited) for member in place.members] == [
        ("1", "Maker", False),
        ("2", "Seller", True),
    ]


def test_the_cited_member_is_shown_however_many_stand_before_it():
    release = {"tender": {f"field{number}": number for number in range(100)}}
    (place,) = read_places([entry("/tender/field99", 99)], release)
    assert len(place.members) == 26
    assert place.members[-1].is_cited


def kept(path, text, start, end, note="camera"):
    """A place as flags keep it: without the text that it stands in."""
    return entry(path, None, start, end, note) | {"passage": passage(text, start, end)}


def test_a_text_that_was_not_stored_is_read_from_the_record():
    text = "una " + "larga " * 100 + "cámara fija"
    at = text.index("cámara")
    release = {"tender": {"title": text}}
    (place,) = read_places([kept("/tender/title", text, at, at + 6)], release)
    assert place.is_present
    assert "[cámara] fija" in written(place.passages[0])


def test_the_stored_passage_of_a_changed_text_is_shown():
    text = "una " + "larga " * 100 + "cámara fija"
    at = text.index("cámara")
    for release in ({"tender": {"title": "otra cosa"}}, {}, {"tender": {"title": "x" + text}}):
        (place,) = read_places([kept("/tender/title", text, at, at + 6)], release)
        assert not place.is_present
        assert place.passages[0].goes_before
        assert written(place.passages[0]).endswith("larga cámara fija")
        assert place.passages[0].notes == ("camera",)


@pytest.mark.parametrize(
    ("note", "value", "shown"), [("winning bid", "UYU 5,000", "winning bid"), ("MXN", "MXN 5,000", "")]
)
def test_an_amount_has_the_currency_of_its_record_if_its_note_differs(note, value, shown):
    release = {"bids": {"details": [{"value": {"amount": 5000, "currency": "UYU"}}]}}
    (place,) = read_places([entry("/bids/details/0/value/amount", 5000, note=note)], release)
    assert (place.cited[0].value, place.cited[0].note) == (value, shown)


def test_members_of_a_place_have_labels():
    release = {"tender": {"submissionMethod": ["written"], "awardPeriod": {"durationInDays": 40}, "title": "Sillas"}}
    (place,) = read_places([entry("/tender/title", "Sillas")], release)
    assert [member.name for member in place.members] == ["How bids are sent", "Award period", "Title"]


def test_a_value_inside_an_entry_of_a_list_is_shown_with_that_entry():
    """Without the bidder nobody can judge that two bids ask the same."""
    bid = {"id": "B1", "tenderers": [{"name": "Maker"}], "value": {"amount": 5000, "currency": "UYU"}}
    release = {"bids": {"details": [bid]}}
    entries = [entry("/bids/details/0/value/amount", 5000), entry("/bids/details/0/id", "B1")]
    (place,) = read_places(entries, release)
    assert [cited.value for cited in place.cited] == ["UYU 5,000", "B1"]
    assert [(member.name, member.value, member.is_cited) for member in place.members] == [
        ("id", "B1", True),
        ("Tenderer", "Maker", False),
        ("Value", "UYU 5,000", True),
    ]


def test_a_value_outside_of_lists_is_shown_with_what_holds_it():
    release = {"tender": {"title": "Sillas", "tenderPeriod": {"startDate": "2024-05-01T00:00:00Z"}}}
    (place,) = read_places([entry("/tender/tenderPeriod/startDate", "2024-05-01T00:00:00Z")], release)
    assert len(place.members) == 1
