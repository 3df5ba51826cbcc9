import re

import django.db.models.deletion
from django.db import migrations, models

from contracts.ocds.placeholders import names_nobody

# What tables made of a name that was not read.
_MADE = re.compile(r"name [0-9a-f]{16}")


def compile_again(apps, _editor):
    """Have the records compiled again whose suppliers were one organization by a name that names nobody."""
    organizations = apps.get_model("contracts", "Organization").objects.filter(key__startswith="name:")
    joined = [
        pk
        for pk, key in organizations.values_list("pk", "key").iterator()
        if _MADE.fullmatch(name := key.split(":", 2)[2]) or names_nobody(name)
    ]
    processes = apps.get_model("contracts", "ContractingProcess").objects.filter(parties__organization__in=joined)
    recompilation = apps.get_model("contracts", "Recompilation")
    for publisher in processes.order_by().values_list("publisher", flat=True).distinct():
        recompilation.objects.update_or_create(publisher_id=publisher, defaults={"up_to": 0})


class Migration(migrations.Migration):
    dependencies = [("contracts", "0046_places_of_words")]

    operations = [
        migrations.AlterField(
            model_name="recompilation",
            name="publisher",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="recompilation",
                to="contracts.publisher",
            ),
        ),
        migrations.RunPython(compile_again, migrations.RunPython.noop),
    ]
