import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from msgspec import structs

from audits.matching.laws.grounds import Ground, Law
from audits.matching.lexicon import Term, expand
from audits.matching.organizations.watchlist import Entry
from audits.matching.purchases.scope import SectorClass
from audits.matching.reference.data import Reference
from audits.matching.reference.files import PublicList, read_rows
from audits.matching.texts.inflection import forms
from audits.matching.texts.word_lists import Word

FIXTURES = Path(__file__).parents[4] / "fixtures" / "reference"
TERM = Term("cloud", "es", "nube")
ENTRY = Entry("vendors", "Ejemplo", listings=("List A", "List B"))
LISTS = [PublicList("List A"), PublicList("List B", enabled=False)]


def test_the_order_of_rows_does_not_change_the_digest():
    other = Term("cloud", "pt", "nuvem")

    assert (
        Reference(terms=[TERM, other], entries=[ENTRY]).digest
        == Reference(terms=[other, TERM], entries=[ENTRY]).digest
    )


@pytest.mark.parametrize(
    "change",
    [
        {"terms": []},
        {"terms": [Term("cloud", "es", "nube", "weak")]},
        {"entries": []},
        {"public_lists": []},
        {"public_lists": [PublicList("List A"), PublicList("List B")]},
        {"words": []},
        {"words": [Word("trade", "banco")]},
        {"classes": []},
        {"classes": [SectorClass(("UNSPSC",), "432226", "cloud")]},
        {"laws": [Law("UY", "TOCAF", ("TOCAF", "Decreto 150/2012"))]},
        {"grounds": []},
        {"grounds": [Ground("UY", "TOCAF", "33", kinds=("urgency",))]},
        {"off": ["grounds"]},
        {"off": ["lexicon"]},
        {"off": ["vendors"]},
        {"off": ["cloud"]},
    ],
)
def test_a_changed_list_changes_the_digest(change):
    given = {
        "terms": [TERM],
        "entries": [ENTRY],
        "public_lists": LISTS,
        "words": [Word("trade", "grupo")],
        "laws": [Law("UY", "TOCAF", ("TOCAF",))],
        "grounds": [Ground("UY", "TOCAF", "33", kinds=("other",))],
        "classes": [SectorClass(("UNSPSC",), "432226", "telecoms")],
    }

    assert Reference(**given | change).digest != Reference(**given).digest


def test_a_public_list_that_is_switched_off_is_left_out_of_its_entries():
    (entry,) = Reference(terms=[], entries=[ENTRY], public_lists=LISTS).entries

    assert entry.listings == ("List A",)


def test_rows_that_are_not_enabled_are_left_out():
    read = Reference.read(FIXTURES)

    assert not [entry for entry in read.entries if entry.note.startswith("unverified")]
    assert [entry.name for entry in read.entries if entry.name == "Huawei"]


def test_dates_of_listings_are_of_lists_that_name_the_vendor():
    for entry in Reference.read(FIXTURES).entries:
        for text in entry.listed_on:
            name, _colon, day = text.rpartition(": ")
            assert name in entry.listings, f"{entry.name} is on no list {name}"
            start, _slash, end = day.partition("/")
            assert re.fullmatch(r"20\d\d(-[01]\d(-[0-3]\d)?)?", start), text
            assert not end or date.fromisoformat(start) < date.fromisoformat(end), text


def test_a_listing_is_reported_with_its_date_if_it_has_one():
    entry = Entry("vendors", "Ejemplo", listings=("List: A", "B", "C"), listed_on=("List: A: 2021-03", "C:2019-10-09"))
    assert entry.dated_listings() == "List: A (2021-03), B (undated), C (2019-10-09)"


def test_a_vendor_was_listed_first_on_the_earliest_day_if_all_its_lists_are_dated():
    lists = Entry("vendors", "Ejemplo", listings=("A", "B"), listed_on=("A: 2021-03", "B: 2019-10-09"))
    undated = Entry("vendors", "Ejemplo", listings=("A", "B"), listed_on=("A: 2021-03",))

    assert (lists.listed_first(), undated.listed_first(), Entry("vendors", "Ejemplo").listed_first()) == (
        "2019-10-09",
        "",
        "",
    )


def test_a_list_that_took_a_vendor_off_is_reported_with_both_dates():
    entry = Entry(
        "vendors", "Ejemplo", listings=("A", "B"), listed_on=("A: 2016-03-08/2017-03-29", "A:2020-01", "B: 2021")
    )

    assert entry.dated_listings() == "A (2016-03-08/2017-03-29), A (2020-01), B (2021)"
    assert entry.listed_first() == "2016-03-08"


@pytest.mark.parametrize(
    ("listed_on", "first", "last", "is_listed", "may_be_listed"),
    [
        ("A: 2016-03-08/2017-03-29", date(2017, 3, 29), date(2018, 1, 1), False, True),
        ("A: 2016-03-08/2017-03-29", date(2017, 3, 30), date(2018, 1, 1), False, False),
        ("A: 2016-03-08/2017-03-29", date(2015, 1, 1), date(2016, 3, 7), False, False),
        ("A: 2016-03-08/2017-03-29", date(2015, 1, 1), date(2016, 3, 8), False, True),
        ("A: 2016/2017-03", date(2017, 3, 31), date(2018, 1, 1), False, True),
        ("A: 2016/2017-03", date(2017, 4, 1), date(2018, 1, 1), False, False),
        ("A: 2016-03-08", date(2030, 1, 1), date(2030, 1, 1), True, True),
        ("", date(2010, 1, 1), date(2010, 1, 1), True, True),
    ],
)
def test_a_vendor_is_listed_until_it_was_taken_off(listed_on, first, last, is_listed, may_be_listed):
    entry = Entry("vendors", "Ejemplo", listings=("A",), listed_on=(listed_on,) if listed_on else ())

    assert (entry.is_listed(), entry.may_be_listed(first, last)) == (is_listed, may_be_listed)


def test_every_listing_of_the_fixtures_is_a_public_list():
    read = Reference.read(FIXTURES)

    assert {name for entry in read.entries for name in entry.listings} <= set(read.public_lists)


def test_every_row_of_the_fixtures_has_a_source():
    read = Reference.read(FIXTURES)

    assert not [row for row in (*read.terms, *read.entries, *read.words.rows, *read.classes.rows) if not row.source]


def held_by_others(rows):
    """Return the rows all forms of which other rows hold, as that of a plural beside that of its singular."""
    forms_of = {row: {form for term in expand(row.term) for form in forms(term, row.language)} for row in rows}
    held = Counter((row.concept, row.language, row.strength, form) for row in rows for form in forms_of[row])
    return [
        row.term
        for row in rows
        if all(held[row.concept, row.language, row.strength, form] > 1 for form in forms_of[row])
    ]


def test_the_lexicon_stays_short_and_no_row_says_what_others_say():
    rows = read_rows(FIXTURES / "lexicon.csv", Term)

    assert len(rows) <= 5_000
    assert held_by_others(rows) == []


def test_a_row_that_inflection_covers_is_found():
    singular, plural = Term("x", "es", "(cámara|grabador) de seguridad"), Term("x", "es", "cámaras de seguridad")

    assert held_by_others([singular, plural]) == ["cámaras de seguridad"]
    assert held_by_others([singular, structs.replace(plural, strength="weak")]) == []


def test_a_row_that_cannot_be_read_is_reported_by_file_and_line(tmp_path):
    (tmp_path / "lexicon.csv").write_text("concept,language,term,enabled\ncloud,es,nube,yes\n", encoding="utf-8")
    assert [term.term for term in read_rows(tmp_path / "lexicon.csv", Term)] == ["nube"]

    (tmp_path / "lexicon.csv").write_text("concept,language,enabled\ncloud,es,yes\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lexicon.csv, line 2: .*term"):
        read_rows(tmp_path / "lexicon.csv", Term)


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError):
        Reference.read(tmp_path)
