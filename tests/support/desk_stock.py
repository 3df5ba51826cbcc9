"""A desk with many flags, written by the database itself: for what its pages cost, not for rules."""

from django.db import connection, transaction

from tests.support.stock import write_stock

# So many flags stand on a contract, the one of `write_stock` among them.
FLAGS_OF_CONTRACT = 3

_STATEMENTS = """
UPDATE audits_flag SET evidence = '[{"path": "/tender/title", "value": "Servicio", "passage": "Servicio",
    "start": 0, "end": 8, "note": ""}]',
    values = '{"count": 1, "method": "open"}', raised_at = now() - (id % 400) * interval '1 day',
    changed_at = now() - (id % 400) * interval '1 day';

INSERT INTO audits_flag (
    process_id, fingerprint, rule, severity, sentence, values, evidence, rule_version, parameters, judged_digest,
    first_audit_id, last_audit_id, raised_at, changed_at, state, decision, country, withdrawn_at, changed_because,
    withdrawn_because
)
SELECT f.process_id, sha256((f.id || rule.code)::bytea), rule.code, rule.severity, 'default',
       -- A sixth of them in words of which many contracts of a buyer have the same.
       jsonb_build_object('words', CASE WHEN f.id % 6 = 0 THEN 'cámaras' ELSE 'cámaras ' || f.id END,
                          'method', 'direct'),
       f.evidence,
       1, '{}', f.judged_digest, f.first_audit_id, f.last_audit_id, f.raised_at, f.raised_at, found.state,
       CASE WHEN found.state IN ('new', 'in_review', 'withdrawn') THEN '' WHEN found.state = 'changed' THEN 'dismissed'
            ELSE found.state END,
       f.country, CASE WHEN found.state = 'withdrawn' THEN f.raised_at END,
       CASE WHEN found.state IN ('changed', 'withdrawn') THEN 'record' ELSE '' END,
       CASE WHEN found.state = 'withdrawn' THEN 'record' ELSE '' END
FROM audits_flag f
CROSS JOIN (VALUES ('T01', 'high', 0), ('R010', 'low', 1)) rule (code, severity, place)
CROSS JOIN LATERAL (SELECT (f.id * 2 + rule.place) * 7919 % 100 AS lot) drawn
CROSS JOIN LATERAL (SELECT CASE WHEN lot < 70 THEN 'new' WHEN lot < 75 THEN 'changed' WHEN lot < 90 THEN 'dismissed'
    WHEN lot < 92 THEN 'needs_information' WHEN lot < 93 THEN 'in_review' WHEN lot < 94 THEN 'first_confirmation'
    ELSE 'withdrawn' END AS state) found;

UPDATE audits_flag SET assignee_id = %(person)s WHERE id % 1000 = 1;

-- What was decided was never judged: the rows stand for decisions, and no chain of theirs is ever verified.
ALTER TABLE audits_review DISABLE TRIGGER USER;
INSERT INTO audits_review (flag_id, decision, reason, reviewer_id, reviewed_at, judged_digest, judged, number, chain)
SELECT id, decision, 'Read.', %(reviewer)s, least(now(), raised_at + (id % 30) * interval '1 day'), judged_digest,
       jsonb_build_object('rule_version', 1, 'sentence', sentence, 'values', values, 'evidence', evidence),
       row_number() OVER (ORDER BY id), judged_digest
FROM audits_flag WHERE decision <> '';
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE audits_review ENABLE TRIGGER USER;

INSERT INTO audits_outcomecount (rule, kind, field, records, counted_at)
SELECT rule, 'flagged', '', count(*), now() FROM audits_flag GROUP BY rule;
"""


def write_desk(flags: int, *, person: int, reviewer: int) -> None:
    """
    Write flags, three on each contract, over four hundred days; of seven in ten nobody has looked at them yet.

    A sixth of all, and of one rule all, are identical to others of their buyer. They are committed at once.

    :param person: to whom one in a thousand is assigned
    :param reviewer: who decided on all that is decided
    """
    contracts = -(-flags // FLAGS_OF_CONTRACT)
    write_stock(contracts, max(contracts // 5, 1000))
    statements = _STATEMENTS.replace("%(person)s", str(person)).replace("%(reviewer)s", str(reviewer))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.execute(statements)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
