import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while they are built.
    atomic = False

    dependencies = [
        ("contracts", "0022_change_indexes"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["status", "id"], name="contract_status"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["basis", "id"], name="contract_basis"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["date_basis", "id"], name="contract_date_basis"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["date", "id"], name="contract_date_up"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="contract_date_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["amount", "id"], name="contract_value_up"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                models.OrderBy(models.F("amount"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="contract_value_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["signed_on", "id"], name="contract_signed_on_up"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                models.OrderBy(models.F("signed_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="contract_signed_on_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["starts_on", "id"], name="contract_starts_on_up"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                models.OrderBy(models.F("starts_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="contract_starts_on_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(fields=["ends_on", "id"], name="contract_ends_on_up"),
        ),
        AddIndexConcurrently(
            model_name="contract",
            index=models.Index(
                models.OrderBy(models.F("ends_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="contract_ends_on_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["status", "id"], name="process_status"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["category", "id"], name="process_category"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["date", "id"], name="process_date_up"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                models.OrderBy(models.F("date"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="process_date_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["amount", "id"], name="process_value_up"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                models.OrderBy(models.F("amount"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="process_value_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["awarded_on", "id"], name="process_awarded_on_up"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                models.OrderBy(models.F("awarded_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="process_awarded_on_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(fields=["signed_on", "id"], name="process_signed_on_up"),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                models.OrderBy(models.F("signed_on"), descending=True, nulls_last=True),
                models.OrderBy(models.F("id"), descending=True),
                name="process_signed_on_down",
            ),
        ),
        AddIndexConcurrently(
            model_name="organization",
            index=models.Index(
                django.db.models.functions.text.Upper("scheme"), models.F("id"), name="organization_scheme"
            ),
        ),
        AddIndexConcurrently(
            model_name="organization",
            index=models.Index(fields=["identifier"], name="organization_identifier"),
        ),
        AddIndexConcurrently(
            model_name="organization",
            index=models.Index(
                models.Func(
                    "key", models.Value(":"), models.Value(-1), function="split_part", output_field=models.TextField()
                ),
                name="organization_number",
            ),
        ),
        AddIndexConcurrently(
            model_name="organization",
            index=django.contrib.postgres.indexes.GinIndex(fields=["roles"], name="organization_roles"),
        ),
        RemoveIndexConcurrently(
            model_name="contract",
            name="contract_signed_on",
        ),
        RemoveIndexConcurrently(
            model_name="contract",
            name="contract_date",
        ),
        RemoveIndexConcurrently(
            model_name="contractingprocess",
            name="process_date",
        ),
    ]
