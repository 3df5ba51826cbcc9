from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0055_taken_back_by_the_day"),
    ]

    operations = [
        migrations.AlterField(
            model_name="trailentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("logged_in", "logged in"),
                    ("login_failed", "failed to log in"),
                    ("factor_changed", "changed their second factor"),
                    ("factor_reset", "let a person set up a second factor"),
                    ("invited", "invited a person"),
                    ("token_issued", "issued a token"),
                    ("token_revoked", "revoked a token"),
                    ("added", "added"),
                    ("changed", "changed"),
                    ("deleted", "deleted"),
                    ("reference_loaded", "loaded reference data"),
                    ("origin_read", "read who sent a submission"),
                    ("origins_exported", "exported who sent submissions"),
                    ("right_granted", "granted a right to speak for a publisher"),
                    ("right_ended", "ended a right to speak for a publisher"),
                    ("claim_decided", "decided on a claim"),
                    ("retention_run", "removed what its time had run out for"),
                    ("submission_erased", "erased a submission"),
                    ("document_published", "published a document"),
                    ("reply_decided", "decided on a reply"),
                    ("reply_erased", "erased a reply"),
                    ("body_decided", "decided whether two organizations are the same"),
                    ("document_unpublished", "published a document no longer"),
                ],
                max_length=20,
                verbose_name="action",
            ),
        ),
    ]
