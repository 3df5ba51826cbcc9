"""
Flags by what was decided are read from an index, and PostgreSQL knows which decisions and states go together.

It took them for independent of each other: of what the public asks for and never sees, a new flag that was confirmed,
it expected a quarter of all, and looked for fifty among all that were confirmed.
"""

from importlib import import_module

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

together = import_module("contracts.migrations.0052_processes_by_codes_and_publishers").together


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [("audits", "0066_blind_samples"), ("contracts", "0052_processes_by_codes_and_publishers")]

    operations = [
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                fields=["decision", "state", "id"], condition=~models.Q(decision=""), name="flag_decided"
            ),
        ),
        together("flag_decisions", "decision, state", "audits_flag"),
    ]
