"""Whether the tender of a purchase is cancelled, so that what was worked out of it is checked when it becomes so."""

from django.db import migrations, models

_READ = """
    UPDATE audits_purchase q SET is_cancelled = true
    FROM contracts_contractingprocess p WHERE p.id = q.process_id AND lower(p.status) = 'cancelled'
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0070_settled_below")]

    operations = [
        migrations.AddField(
            model_name="purchase", name="is_cancelled", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(_READ, migrations.RunSQL.noop),
    ]
