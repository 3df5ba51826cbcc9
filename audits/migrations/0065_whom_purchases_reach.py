from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0064_audit_peers_version")]

    operations = [
        migrations.AddField(
            model_name="audit",
            name="settled_in",
            field=models.CharField(blank=True, db_default="", default="", max_length=16),
        ),
        migrations.AddField(
            model_name="peergroup", name="replaced", field=models.BigIntegerField(db_default=0, default=0)
        ),
        # Those that are stored are older than whatever is audited from now on; what the version before writes from now
        # on is not.
        migrations.AddField(model_name="purchase", name="version", field=models.BigIntegerField(default=0, null=True)),
        migrations.AlterField(model_name="purchase", name="version", field=models.BigIntegerField(null=True)),
    ]
