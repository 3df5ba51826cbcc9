import csv
import shutil
from datetime import date

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from audits.models import LexiconTerm, Watchlist, WatchlistEntry
from audits.models.reference import LexiconTerm as Term
from audits.reference.loading import load_reference
from audits.reference.rule_sets import rule_sets_in_force
from contracts.models import Publisher

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "fixtures" / "reference"


def changes(differences):
    return {entry.file: (entry.added, entry.changed, entry.kept, entry.missing, entry.off) for entry in differences}


def str_of(term):
    return f"{term.concept} / {term.language} / {term.term}"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "reference")


def rewrite(path, change):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    rows = change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def test_loading_twice_changes_nothing(django_assert_max_num_queries):
    load_reference(FOLDER)
    digest = rule_sets_in_force().reference.digest
    assert all(parts == ([], [], [], [], []) for parts in changes(load_reference(FOLDER)).values())
    assert rule_sets_in_force().reference.digest == digest
    assert Publisher.objects.get(slug="colombia-secop").country == "CO"


def test_rows_marked_as_unverified_are_switched_off():
    load_reference(FOLDER)
    assert WatchlistEntry.objects.filter(enabled=False).exists()
    off = set(WatchlistEntry.objects.filter(enabled=False).values_list("name", flat=True))
    on = set(WatchlistEntry.objects.filter(enabled=True).values_list("name", flat=True))
    in_force = {entry.name for entry in rule_sets_in_force().reference.entries}
    assert in_force <= on
    assert not in_force & (off - on)


def test_a_changed_file_changes_rows_but_not_those_edited_here(folder):
    load_reference(folder)
    edited, other = Term.objects.filter(concept="facial_recognition", language="es").order_by("pk")[:2]
    Term.objects.filter(pk=edited.pk).update(enabled=False)

    def renote(rows):
        for row in rows:
            if row["term"] in {edited.term, other.term} and row["concept"] == "facial_recognition":
                row["note"] = "changed in the file"
        return rows[:-1]

    rewrite(folder / "lexicon.csv", renote)
    added, changed, kept, missing, off = changes(load_reference(folder))["lexicon.csv"]

    assert (len(added), len(changed), len(kept), len(missing), len(off)) == (0, 1, 1, 0, 1)
    edited.refresh_from_db()
    other.refresh_from_db()
    assert (edited.enabled, edited.note == "changed in the file", other.note) == (False, False, "changed in the file")


def test_a_row_that_the_file_drops_is_switched_off_and_comes_back_with_it(folder):
    load_reference(folder)
    dropped, edited = Term.objects.filter(concept="facial_recognition", enabled=True).order_by("pk")[:2]
    Term.objects.filter(pk=edited.pk).update(note="edited here")
    gone = {(row.concept, row.language, row.term) for row in (dropped, edited)}

    rewrite(
        folder / "lexicon.csv",
        lambda rows: [row for row in rows if (row["concept"], row["language"], row["term"]) not in gone],
    )
    *_, missing, off = changes(load_reference(folder))["lexicon.csv"]
    again = changes(load_reference(folder))["lexicon.csv"]

    assert (missing, off) == ([str_of(edited)], [str_of(dropped)])
    assert again == ([], [], [], [str_of(edited)], [])
    dropped.refresh_from_db()
    edited.refresh_from_db()
    assert (dropped.enabled, edited.enabled) == (False, True)

    load_reference(FOLDER)
    dropped.refresh_from_db()
    assert dropped.enabled


def test_slots_that_cannot_be_read_are_refused_with_file_and_line(folder):
    def break_slot(rows):
        rows[0]["term"] = "(one|another"
        return rows

    rewrite(folder / "lexicon.csv", break_slot)
    with pytest.raises(ValueError, match=r"lexicon\.csv, line 2: .*slots are written"):
        load_reference(folder)
    assert not LexiconTerm.objects.exists()


@pytest.mark.parametrize(
    ("file", "column", "text", "told"),
    [
        ("lexicon.csv", "strength", "strongish", r"strength is 'strongish': Value 'strongish' is not a valid choice"),
        ("lexicon.csv", "language", "espanol", r"language is 'espanol': .*at most 3 characters"),
        ("vendors.csv", "enabled", "Yes", r"enabled is 'Yes'; it may be yes, no"),
        ("vendors.csv", "name", " ", r"name is '': "),
        ("publishers.csv", "licence_looked_on", "1.12.2026", r"licence_looked_on is '1\.12\.2026': .*date"),
    ],
)
def test_a_cell_that_its_column_does_not_take_is_refused_with_file_and_line(file, column, text, told, folder):
    """Else a misspelt "weak" would be strong, and a misspelt "yes" would switch its row off, without a word."""

    def misspell(rows):
        rows[0][column] = text
        return rows

    rewrite(folder / file, misspell)
    with pytest.raises(ValueError, match=rf"^{file}, line 2: {told}"):
        load_reference(folder)
    assert not LexiconTerm.objects.exists()
    assert not WatchlistEntry.objects.exists()


def test_a_lead_cannot_save_slots_that_cannot_be_read():
    term = LexiconTerm(concept="drone", language="es", term="dron (de|para vigilar")
    with pytest.raises(ValidationError) as refused:
        term.full_clean()
    assert set(refused.value.message_dict) == {"term"}
    term.term = "dron (de|para) vigilar"
    term.full_clean()


def test_a_switched_off_list_leaves_the_rule_set_and_changes_its_digest():
    load_reference(FOLDER)
    before = rule_sets_in_force()
    Watchlist.objects.filter(slug="vendors").update(enabled=False)
    after = rule_sets_in_force()
    assert {entry.watchlist for entry in before.reference.entries} - {
        entry.watchlist for entry in after.reference.entries
    } == {"vendors"}
    assert before.for_country("").digest != after.for_country("").digest


def test_who_changed_a_term_and_from_what_is_kept():
    load_reference(FOLDER)
    term = LexiconTerm.objects.order_by("pk").first()
    term.enabled = not term.enabled
    term.save()
    history = term.events.order_by("pgh_id")
    assert [event.enabled for event in history] == [not term.enabled, term.enabled]


def test_a_broken_file_is_reported_with_its_line(folder):
    with (folder / "vendors.csv").open("a", encoding="utf-8") as file:
        file.write("only one cell\n")
    with pytest.raises(CommandError, match=r"vendors\.csv, line \d+"):
        call_command("loadreference", str(folder))
    assert not LexiconTerm.objects.exists()


def test_a_licence_names_where_the_publisher_says_so():
    with (FOLDER / "publishers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ours = {"veedor-examples"}
    stated = [row["slug"] for row in rows if row["licence"]]
    assert stated
    for row in rows:
        assert bool(row["licence_source"]) == (bool(row["licence"]) and row["slug"] not in ours), row["slug"]


def test_a_licence_that_was_not_said_is_filled_in_and_one_that_was_edited_is_not(folder):
    Publisher.objects.create(slug="nigeria-ppb", name="Bureau", country="NG")
    Publisher.objects.create(slug="peru-oece", name="OECE", country="PE", licence="own terms")

    found = changes(load_reference(folder))["publishers.csv"]

    assert found[1] == ["Bureau"]
    nigeria, peru = (Publisher.objects.get(slug=slug) for slug in ("nigeria-ppb", "peru-oece"))
    assert (nigeria.licence, nigeria.licence_source) == ("ODC PDDL 1.0", "http://nocopo.bpp.gov.ng/license")
    assert (peru.licence, peru.licence_source) == ("own terms", "")
    assert changes(load_reference(folder))["publishers.csv"][1] == []


def test_where_no_licence_is_stated_somebody_looked_and_says_where():
    with (FOLDER / "publishers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert bool(row["licence_looked_at"]) == (not row["licence"]), row["slug"]
        assert row["licence"] or date.fromisoformat(row["licence_looked_on"]), row["slug"]


def test_where_it_was_looked_for_is_filled_in_unless_somebody_looked_later(folder):
    later = date(2099, 1, 1)
    Publisher.objects.create(slug="mexico-shcp", name="SHCP", country="MX")
    Publisher.objects.create(slug="mexico-cdmx", name="CDMX", country="MX", licence_looked_on=later)
    Publisher.objects.create(slug="mexico-jalisco", name="Jalisco", country="MX", licence="CC BY 4.0")

    found = changes(load_reference(folder))["publishers.csv"]

    assert found[1] == ["SHCP"]
    looked = dict(Publisher.objects.values_list("slug", "licence_looked_on"))
    assert looked["mexico-shcp"] == date(2026, 11, 27)
    assert (looked["mexico-cdmx"], looked["mexico-jalisco"]) == (later, None)
    assert changes(load_reference(folder))["publishers.csv"][1] == []
