"""
Marks audits due in a column of their own, and names counts of outcomes as such.

A blank ``process_digest`` meant "due" until now. It is filled in again where the record is still the one that was
audited, so that flags keep their trace; elsewhere nobody knows it any more.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

_RESTORE = """
    UPDATE audits_audit a SET is_due = a.is_current, process_digest = CASE
        WHEN p.compiled_at <= a.audited_at THEN p.digest ELSE a.process_digest END
    FROM contracts_contractingprocess p
    WHERE p.id = a.process_id AND a.process_digest = ''
"""


class Migration(migrations.Migration):
    # Renaming a model renames its content type, in the columns that this version of it has.
    dependencies = [("audits", "0006_answer_counts"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [
        migrations.RenameModel("AnswerCount", "OutcomeCount"),
        migrations.AlterModelOptions(
            name="outcomecount",
            options={"verbose_name": "outcome count", "verbose_name_plural": "outcome counts"},
        ),
        migrations.RemoveConstraint(model_name="outcomecount", name="answer_count_unique"),
        migrations.AddConstraint(
            model_name="outcomecount",
            constraint=models.UniqueConstraint(fields=("rule", "kind", "field"), name="outcome_count_unique"),
        ),
        migrations.AddField(
            model_name="audit", name="is_due", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name="audit",
            name="failed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=10), db_default=[], default=list, size=None
            ),
        ),
        migrations.RunSQL(_RESTORE, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="audit", name="audit_current"),
        migrations.AddIndex(
            model_name="audit",
            index=models.Index(
                condition=models.Q(("is_current", True)),
                fields=["process"],
                include=("process_digest", "ruleset_digest", "is_due"),
                name="audit_current",
            ),
        ),
    ]
