"""
Marks of what cohorts are computed from; the version before goes on and takes no notice.

The first mark stands for all that was written before.
"""

from django.db import migrations, models

TABLES = (
    "audits_observation",
    "audits_purchase",
    "audits_participation",
    "contracts_contractingprocess",
    "contracts_organization",
    "contracts_publisher",
)

MARK = """
    CREATE FUNCTION audits_mark_population() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
        INSERT INTO audits_populationchange DEFAULT VALUES;
        RETURN NULL;
    END
    $body$;
    INSERT INTO audits_populationchange DEFAULT VALUES;
"""


def trigger(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER mark_population AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION audits_mark_population()
        """,
        f"DROP TRIGGER IF EXISTS mark_population ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("audits", "0037_page_figures_asked"), ("contracts", "0026_dollar_indexes")]

    operations = [
        migrations.CreateModel(
            name="PopulationChange",
            fields=[("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False))],
            options={"verbose_name": "change of a population", "verbose_name_plural": "changes of populations"},
        ),
        migrations.RunSQL(MARK, "DROP FUNCTION audits_mark_population()"),
        *map(trigger, TABLES),
    ]
