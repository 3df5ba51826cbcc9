"""The day on which a document was read has a name of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0049_paragraphs")]

    operations = [
        migrations.AlterField("document", "read_on", models.DateField(blank=True, null=True, verbose_name="read on")),
    ]
