from django.db import migrations

from contracts.postgres.slices import fill_by_slices

# As ``audits.contributions.sources`` reads it.
_FILL = """
    UPDATE audits_observation o SET source = coalesce(
        CASE WHEN p.ocid !~* '^ocds-' THEN coalesce(
            'publisher:' || left(coalesce(
                nullif(p.compiled_release #>> '{packageInfo,publisher,name}', ''),
                nullif(p.compiled_release #>> '{publisher,name}', ''),
                nullif(first.package #>> '{publisher,name}', '')
            ), 200),
            CASE WHEN p.ocid LIKE 'veedor-%%'
                THEN 'submission:' || left(encode(sha256(first.id::text::bytea), 'hex'), 12) END
        ) END,
        substring(p.ocid from '^[^-]*-?[^-]*')
    )
    FROM contracts_contractingprocess p
    LEFT JOIN LATERAL (
        SELECT submission.id, submission.package
        FROM contracts_release release
        JOIN contracts_submission submission ON submission.id = release.submission_id
        WHERE release.ocid = p.ocid AND release.claim_id IS NULL ORDER BY release.id LIMIT 1
    ) AS first ON p.ocid !~* '^ocds-'
    WHERE p.id = o.process_id AND o.process_id BETWEEN %s AND %s
"""


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0045_rule_states"), ("contracts", "0033_fill_regions")]

    operations = [fill_by_slices("contracts_contractingprocess", _FILL)]
