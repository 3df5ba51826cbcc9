import csv
import shutil

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from audits.models import LexiconTerm, Watchlist, WatchlistEntry
from audits.models.reference import LexiconTerm as Term
from audits.reference.loading import load_reference
from audits.reference.rule_sets import rule_sets_in_force
from contracts.models import Publisher

pytestmark = pytest.mark.django_db
FOLDER = settings.BASE_DIR / "fixtures" / "reference"


def changes(differences):
    return {entry.file: (entry.added, entry.changed, entry.kept, entry.missing) for entry in differences}


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
    assert all(parts == ([], [], [], []) for parts in changes(load_reference(FOLDER)).values())
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
    added, changed, kept, missing = changes(load_reference(folder))["lexicon.csv"]

    assert (len(added), len(changed), len(kept), len(missing)) == (0, 1, 1, 1)
    edited.refresh_from_db()
    other.refresh_from_db()
    assert (edited.enabled, edited.note == "changed in the file", other.note) == (False, False, "changed in the file")


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


def test_a_broken_file_is_told_with_its_line(folder):
    with (folder / "vendors.csv").open("a", encoding="utf-8") as file:
        file.write("only one cell\n")
    with pytest.raises(CommandError, match=r"vendors\.csv, line \d+"):
        call_command("loadreference", str(folder))
    assert not LexiconTerm.objects.exists()
