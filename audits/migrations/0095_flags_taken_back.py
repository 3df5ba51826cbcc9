"""Corrections of before, and the indexes that list the latest."""

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

_TAKEN_BACK = """
    UPDATE audits_flag f
    SET taken_back_at = coalesce(
        (SELECT r.reviewed_at FROM audits_review r WHERE r.flag_id = f.id AND r.id > confirmed.last ORDER BY r.id LIMIT 1),
        f.withdrawn_at, f.changed_at
    )
    FROM (SELECT flag_id, max(id) AS last FROM audits_review WHERE decision = 'confirmed' GROUP BY flag_id) confirmed
    WHERE f.id = confirmed.flag_id AND f.decision <> 'confirmed' AND f.taken_back_at IS NULL
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0094_taken_back")]

    operations = [
        migrations.RunSQL(_TAKEN_BACK, migrations.RunSQL.noop, elidable=True),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                fields=["-taken_back_at"], condition=models.Q(taken_back_at__isnull=False), name="flag_taken_back"
            ),
        ),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(
                fields=["-changed_at"],
                condition=models.Q(decision="confirmed") & ~models.Q(changed_because=""),
                name="flag_lately_changed",
            ),
        ),
    ]
