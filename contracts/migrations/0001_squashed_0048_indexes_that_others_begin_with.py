"""
An empty database gets at once what the migrations until 0048 leave behind; one that has some of them gets the others.

It ends with the last one that the migrations of audits need: those may all be there where later ones of contracts are not.
"""

from functools import partial

from django.conf import settings
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations

from contracts.postgres.squashing import migrations_until, operations_of, tables_and_triggers

REPLACED = migrations_until("contracts", "0048_indexes_that_others_begin_with")
of = partial(operations_of, "contracts")


class Migration(migrations.Migration):
    replaces = REPLACED
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    # What fills in or corrects rows of before is left out, and what drops broken indexes.
    operations = [
        BtreeGinExtension(),
        *of("0005_search")[:4],  # the functions that indexes call
        *of("0010_claim_decision_chain")[:1],  # its function
        *of("0027_search_phrases"),
        *of("0045_search_plurals"),
        *tables_and_triggers(REPLACED),
        *of("0002_lz4"),
    ]
