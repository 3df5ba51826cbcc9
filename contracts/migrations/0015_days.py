"""Days beside instants: as whoever wrote the record would name them, by its publisher's time zone."""

from django.db import migrations, models
from django.db.models.fields import DateField

# `contracts.ocds.parsing.calendar_days` in SQL, for the rows that are there; what is compiled anew is written by that.
DAY_OF = """
    CREATE OR REPLACE FUNCTION pg_temp.day_of(written text, instant timestamptz, zone text) RETURNS date LANGUAGE sql AS $body$
        SELECT CASE
            WHEN instant IS NULL THEN NULL
            WHEN btrim(written) ~ '^\\d{4}-\\d\\d-\\d\\d' AND written !~ '([Zz]|[+-]00:?00)\\s*$'
                THEN left(btrim(written), 10)::date
            WHEN to_char(instant AT TIME ZONE 'UTC', 'HH24:MI') IN ('00:00', '23:59')
                THEN (instant AT TIME ZONE 'UTC')::date
            ELSE (instant AT TIME ZONE zone)::date
        END
    $body$;
    CREATE OR REPLACE FUNCTION pg_temp.member(release jsonb, pointer text, VARIADIC names text[]) RETURNS text LANGUAGE sql AS $body$
        SELECT release #>> (string_to_array(substr(pointer, 2), '/') || names)
    $body$;
"""
FILL = """
    CREATE TEMP TABLE dated ON COMMIT DROP AS
    SELECT p.id, p.compiled_release AS release, coalesce(z.time_zone, 'UTC') AS zone,
           pg_temp.day_of(p.compiled_release ->> 'date', p.date, coalesce(z.time_zone, 'UTC')) AS released_on
    FROM contracts_contractingprocess p LEFT JOIN contracts_publisher z ON z.id = p.publisher_id;

    UPDATE contracts_award a SET awarded_on = pg_temp.day_of(pg_temp.member(d.release, a.path, 'date'), a.date, d.zone)
    FROM dated d WHERE d.id = a.process_id;

    UPDATE contracts_contract c SET
        signed_on = pg_temp.day_of(pg_temp.member(d.release, c.path, 'dateSigned'), c.date_signed, d.zone),
        starts_on = pg_temp.day_of(pg_temp.member(d.release, c.path, 'period', 'startDate'), c.start, d.zone),
        ends_on = pg_temp.day_of(pg_temp.member(d.release, c.path, 'period', 'endDate'), c."end", d.zone)
    FROM dated d WHERE d.id = c.process_id;

    CREATE TEMP TABLE first_days ON COMMIT DROP AS
    SELECT c.id, c.signed_on, d.released_on, (
        SELECT coalesce(min(a.awarded_on) FILTER (WHERE a.award_id = c.award_id),
                        CASE WHEN count(*) = 1 THEN min(a.awarded_on) END)
        FROM contracts_award a WHERE a.process_id = c.process_id
    ) AS awarded_on
    FROM contracts_contract c JOIN dated d ON d.id = c.process_id;

    UPDATE contracts_contract c SET
        date = coalesce(f.signed_on, f.awarded_on, f.released_on),
        date_basis = CASE WHEN f.signed_on IS NOT NULL THEN 'signature'
            WHEN f.awarded_on IS NOT NULL THEN 'award'
            WHEN f.released_on IS NOT NULL THEN 'release' ELSE '' END
    FROM first_days f WHERE f.id = c.id;

    UPDATE contracts_contractingprocess p SET
        awarded_on = (SELECT min(a.awarded_on) FROM contracts_award a WHERE a.process_id = p.id),
        signed_on = (SELECT min(c.signed_on) FROM contracts_contract c WHERE c.process_id = p.id)
    WHERE p.award_count > 0 OR p.contract_count > 0;
"""


def day(model: str, name: str, label: str) -> migrations.AddField:
    return migrations.AddField(model, name, DateField(label, null=True))


def fill(apps, editor) -> None:  # noqa: ANN001, ARG001
    with editor.connection.cursor() as cursor:
        cursor.execute(DAY_OF)
        cursor.execute(FILL)


class Migration(migrations.Migration):
    dependencies = [("contracts", "0014_recompilation")]

    operations = [
        day("award", "awarded_on", "awarded on"),
        day("contract", "signed_on", "signed on"),
        day("contract", "starts_on", "starts on"),
        day("contract", "ends_on", "ends on"),
        day("contract", "date", "date"),
        migrations.AddField(
            "contract",
            "date_basis",
            models.CharField("basis of the date", max_length=10, blank=True, default="", db_default=""),
        ),
        day("contractingprocess", "awarded_on", "first award"),
        day("contractingprocess", "signed_on", "first signature"),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
