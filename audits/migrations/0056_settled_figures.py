from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("audits", "0055_figures_counted_anew")]

    operations = [
        migrations.AddField(
            model_name="populationchange",
            name="written_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
    ]
