"""The days of contact details are those of answers to the desk, too: only the name of the field changes."""

from django.db import migrations, models

NAME = "days to keep what senders tell auditors alone, after the decision: contact details, answers to questions"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0067_scope_follow")]

    operations = [
        migrations.AlterField(
            model_name=model,
            name="contact_days",
            field=models.PositiveIntegerField(
                blank=True, default=90, help_text="Left empty: for ever.", null=True, verbose_name=NAME
            ),
        )
        for model in ("retentionpolicy", "retentionpolicyevent")
    ]
