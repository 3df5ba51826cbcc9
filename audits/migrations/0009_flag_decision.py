"""Keeps with a flag its last decision and why it was withdrawn: a confirmed one stays public until a person looks again."""

from django.db import migrations, models

_LAST_DECISION = """
    UPDATE audits_flag f SET decision = last.decision
    FROM (SELECT DISTINCT ON (flag_id) flag_id, decision FROM audits_review ORDER BY flag_id, id DESC) last
    WHERE last.flag_id = f.id
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0008_flag_identity")]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="decision",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(
            model_name="flag",
            name="withdrawn_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunSQL(_LAST_DECISION, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(condition=models.Q(("decision", "confirmed")), fields=["id"], name="flag_confirmed"),
        ),
    ]
