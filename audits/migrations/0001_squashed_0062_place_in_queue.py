"""An empty database gets at once what the migrations until 0062 leave behind; one that has some of them gets the others."""

from functools import partial

from django.conf import settings
from django.db import migrations

from contracts.postgres.squashing import migrations_until, operations_of, tables_and_triggers

REPLACED = migrations_until("audits", "0062_place_in_queue")
of = partial(operations_of, "audits")


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        ("contracts", "0001_squashed_0048_indexes_that_others_begin_with"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # What fills in or corrects rows of before is left out, and what drops broken indexes.
    operations = [
        *of("0041_search_passages")[:2],  # the functions that indexes call
        *of("0010_decision_chain")[:1],  # its function, which versions of before 0015 read with
        *tables_and_triggers(REPLACED),
        *of("0047_suppression_of_bodies"),
        *of("0057_flag_is_unsettled"),
        *of("0038_population_changes")[1:],  # marks of what is written, and the first of them
        *of("0060_deliveries")[-1:],  # a foreign key
        *of("0012_reference_version")[1:2],  # the first version
    ]
