"""Names and functions that earlier migrations left behind, so that all databases are as those that are made at once."""

from django.db import migrations

# From the first name of the table of outcome counts; the others Django gives to a unique column that was there before.
_NAMES = """
    DO $$
    DECLARE
        named record;
    BEGIN
        FOR named IN
            SELECT conrelid::regclass AS of_table, conname AS before, CASE conname
                WHEN 'audits_review_number_6a33d450_uniq' THEN 'audits_review_number_key'
                WHEN 'contracts_claimdecision_number_5242a586_uniq' THEN 'contracts_claimdecision_number_key'
                ELSE replace(conname, 'audits_answercount_', 'audits_outcomecount_') END AS after
            FROM pg_constraint
            WHERE conrelid IN (
                'audits_outcomecount'::regclass, 'audits_review'::regclass, 'contracts_claimdecision'::regclass
            )
        LOOP
            IF named.before <> named.after THEN
                EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', named.of_table, named.before, named.after);
            END IF;
        END LOOP;
    END $$;
    ALTER SEQUENCE IF EXISTS audits_answercount_id_seq RENAME TO audits_outcomecount_id_seq;
"""
# Of triggers that are gone.
_FUNCTIONS = "DROP FUNCTION IF EXISTS pgtrigger_cause_30948(), pgtrigger_priority_2cc2f()"


class Migration(migrations.Migration):
    dependencies = [("audits", "0062_place_in_queue")]

    operations = [migrations.RunSQL([_NAMES, _FUNCTIONS], migrations.RunSQL.noop)]
