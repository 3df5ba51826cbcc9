"""Intervals of a DOCX keep their paragraphs; those that were read before are read anew by the workers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0048_indexes_that_others_begin_with")]

    operations = [
        migrations.AddField("documentpage", "paragraphs", models.JSONField(blank=True, db_default=[], default=list)),
    ]
