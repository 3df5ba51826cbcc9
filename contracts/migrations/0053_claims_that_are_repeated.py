"""
Submissions that brought what a claim says again are noted with it.

Until now they were found by the first hundred ocids of a submission; of those that were processed before no more is known.
"""

from django.db import migrations, models

REPEATED = """
INSERT INTO contracts_claim_repeated_by (claim_id, submission_id)
SELECT claim.id, submission.id
FROM contracts_submission AS submission
CROSS JOIN LATERAL jsonb_array_elements_text(submission.ocids) AS named (ocid)
JOIN contracts_claim AS claim ON claim.ocid = named.ocid AND claim.submission_id <> submission.id
WHERE submission.erased_on IS NULL AND submission.processed_at IS NOT NULL AND submission.standing <> 'operator'
    AND (submission.counts ->> 'releases_known')::bigint > 0
    AND NOT EXISTS (
        SELECT FROM contracts_claim AS own WHERE own.ocid = named.ocid AND own.submission_id = submission.id
    )
    AND NOT EXISTS (
        SELECT FROM contracts_release AS official WHERE official.ocid = named.ocid AND official.claim_id IS NULL
    )
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0052_processes_by_codes_and_publishers")]

    operations = [
        migrations.AddField(
            "claim",
            "repeated_by",
            models.ManyToManyField(editable=False, related_name="repeats", to="contracts.submission"),
        ),
        migrations.RunSQL(REPEATED, migrations.RunSQL.noop),
    ]
