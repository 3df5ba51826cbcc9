"""Overrides whose country was typed in small letters come into force; beside one in capitals they go."""

from django.db import migrations, models
from django.db.models.functions import Upper

_CAPITALS = """
DELETE FROM audits_ruleoverride o WHERE country <> upper(country) AND EXISTS (
    SELECT FROM audits_ruleoverride other
    WHERE other.rule = o.rule AND other.parameter = o.parameter AND upper(other.country) = upper(o.country)
        AND (other.country = upper(o.country) OR other.id > o.id)
);
UPDATE audits_ruleoverride SET country = upper(country) WHERE country <> upper(country);
"""


class Migration(migrations.Migration):
    dependencies = [("audits", "0080_words_without_statistics")]

    operations = [
        migrations.RunSQL(_CAPITALS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="ruleoverride",
            constraint=models.CheckConstraint(
                condition=models.Q(country=Upper("country")), name="override_country_in_capitals"
            ),
        ),
    ]
