"""
Releases of versions that asked nobody: those sent through the API under no publisher's prefix are accepted claims.

They were public and stay so; a decision by nobody says why.
"""

from django.db import migrations

STATEMENTS = [
    "UPDATE contracts_submission SET standing = 'operator' WHERE channel IN ('command', 'admin')",
    """
    INSERT INTO contracts_claim (id, submission_id, ocid, made_at)
    SELECT gen_random_uuid(), r.submission_id, r.ocid, min(r.received_at)
    FROM contracts_release r JOIN contracts_submission s ON s.id = r.submission_id
    WHERE s.channel = 'api' AND NOT EXISTS (
        SELECT FROM contracts_publisher p
        WHERE p.ocid_prefix <> '' AND starts_with(lower(r.ocid), lower(p.ocid_prefix))
    )
    GROUP BY r.submission_id, r.ocid
    """,
    """
    INSERT INTO contracts_claimdecision (claim_id, kind, members, releases, reason, decided_at)
    SELECT id, 'accepted', '{}', '{}', 'It was public before claims were kept apart.', now() FROM contracts_claim
    """,
    """
    UPDATE contracts_claim SET decision_id = contracts_claimdecision.id
    FROM contracts_claimdecision WHERE contracts_claimdecision.claim_id = contracts_claim.id
    """,
    """
    UPDATE contracts_release r SET claim_id = contracts_claim.id
    FROM contracts_claim WHERE contracts_claim.submission_id = r.submission_id AND contracts_claim.ocid = r.ocid
    """,
    """
    UPDATE contracts_contractingprocess SET verification = 'accepted'
    WHERE ocid IN (SELECT ocid FROM contracts_claim)
    """,
]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0008_claims")]

    operations = [migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop)]
