"""Keeps what changed a flag since the last decision; confirmed flags that were withdrawn since await review too."""

from django.db import migrations, models

# What changed a flag that still stands was not kept before; most often it was the record.
_EARLIER = """
    UPDATE audits_flag f SET changed_because = coalesce(nullif(f.withdrawn_because, ''), 'record')
    WHERE f.state IN ('changed', 'withdrawn') AND NOT EXISTS (
        SELECT FROM audits_review r WHERE r.flag_id = f.id AND r.reviewed_at > f.withdrawn_at
    )
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0017_audit_work")]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="changed_because",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.RunSQL(_EARLIER, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="flag", name="flag_queue_awaiting"),
        migrations.AddIndex(
            model_name="flag",
            index=models.Index(
                models.Case(
                    models.When(severity="high", then=models.Value(0)),
                    models.When(severity="medium", then=models.Value(1)),
                    models.When(severity="low", then=models.Value(2)),
                    models.When(severity="context", then=models.Value(3)),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("raised_at"),
                models.F("id"),
                condition=models.Q(
                    ("state__in", ["new", "changed"]),
                    models.Q(
                        ("decision", "confirmed"),
                        ("state", "withdrawn"),
                        models.Q(("changed_because", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="flag_queue_awaiting",
            ),
        ),
    ]
