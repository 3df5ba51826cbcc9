from django.db import migrations


class Migration(migrations.Migration):
    """What was counted for pages lacks what they tell now; it is counted again, by the schedule or the first reader."""

    dependencies = [("audits", "0054_rows_with_region")]

    operations = [migrations.RunSQL("DELETE FROM audits_pagefigures", migrations.RunSQL.noop)]
