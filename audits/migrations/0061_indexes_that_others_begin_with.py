"""Foreign keys to processes whose column a unique constraint begins with need no index of their own."""

from importlib import import_module

from django.db import migrations, models

drop_own_index = import_module("contracts.migrations.0048_indexes_that_others_begin_with").drop_own_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("audits", "0060_deliveries"),
        ("contracts", "0048_indexes_that_others_begin_with"),
    ]

    operations = [
        drop_own_index(
            "audit",
            "process",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="audits",
                to="contracts.contractingprocess",
            ),
            index="audits_audit_process_id_5552be05",
            on="audits_audit (process_id)",
        ),
        drop_own_index(
            "flag",
            "process",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="flags",
                to="contracts.contractingprocess",
            ),
            index="audits_flag_process_id_993f87b7",
            on="audits_flag (process_id)",
        ),
        drop_own_index(
            "purchase",
            "process",
            models.ForeignKey(
                db_index=False,
                on_delete=models.CASCADE,
                related_name="purchases",
                to="contracts.contractingprocess",
            ),
            index="audits_purchase_process_id_980a7012",
            on="audits_purchase (process_id)",
        ),
    ]
