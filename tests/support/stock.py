"""Tens of thousands of rows, written by the database itself in seconds: for plans of queries, not for rules."""

from django.db import connection, transaction

from contracts.ocds.parsing.parse import READING_VERSION

# Of each column of words: a value of every second row, one of ten rows, and the rest.
_STATEMENTS = """
INSERT INTO contracts_publisher (slug, name, country, time_zone, ocid_prefix, licence, source_url)
SELECT 'stock-' || n, 'Portal ' || n, 'PE', 'America/Lima', '', '', '' FROM generate_series(1, 3) n;

INSERT INTO contracts_organization (key, name, scheme, identifier, country, roles)
SELECT 'PE-RUC:' || 20000000000 + n, 'Organización ' || n, CASE WHEN n <= 10 THEN 'MX-RFC' ELSE 'PE-RUC' END,
       20000000000 + n, CASE WHEN n <= 10 THEN 'MX' ELSE 'PE' END,
       CASE WHEN n <= 10 THEN '{funder}' ELSE '{supplier}' END::text[]
FROM generate_series(1, %(organizations)s) n;

CREATE TEMP TABLE stock_organization ON COMMIT DROP AS
SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM contracts_organization;
CREATE UNIQUE INDEX ON stock_organization (place);

INSERT INTO contracts_contractingprocess (
    ocid, publisher_id, verification, digest, compiled_release, release_count, corrections, compiled_at, date, country,
    language, title, description, buyer_id, procuring_entity_id, buyer_name, suppliers, supplier_names, status,
    procurement_method, procurement_method_details, category, region, award_criteria, tender_amount, tender_currency,
    amount, amount_usd, currency, amount_basis, awarded_on, signed_on, award_count, contract_count, bid_count, read_by,
    items
)
SELECT 'ocds-stock1-' || n, CASE WHEN n % 5000 = 7 THEN rare.id ELSE usual.id END, 'official', sha256(n::text::bytea),
       '{}', 1, '[]', now(), day, CASE WHEN n % 5000 = 7 THEN 'MX' WHEN n % 2 = 0 THEN 'PE' ELSE 'CO' END, 'es',
       'Servicio ' || n || CASE WHEN n % 5000 = 7 THEN ' inusual' ELSE ' de red' END, '', buyer.id, buyer.id,
       'Organización ' || buyer.place, ARRAY[supplier.id], ARRAY['Organización ' || supplier.place],
       CASE WHEN n % 5000 = 7 THEN 'withdrawn' ELSE 'complete' END,
       CASE WHEN n % 5000 = 7 THEN 'limited' WHEN n % 2 = 0 THEN 'open' ELSE 'direct' END, '',
       CASE WHEN n % 5000 = 7 THEN 'works' WHEN n % 2 = 0 THEN 'goods' ELSE 'services' END,
       CASE WHEN n % 5000 = 7 THEN 'Sonora' WHEN n % 2 = 0 THEN 'Lima' ELSE 'Cusco' END, '',
       shuffled.place, 'PEN', shuffled.place, shuffled.place,
       CASE WHEN n % 5000 = 7 THEN 'USD' ELSE 'PEN' END, 'contracts', day::date, day::date, 1, 1, 0, %(version)s,
       ARRAY['Cable ' || n || CASE WHEN n % 5000 = 7 THEN ' blindado' ELSE '' END]
FROM generate_series(1, %(processes)s) n
-- Dates and amounts in no order: what was loaded last is not the latest.
CROSS JOIN LATERAL (SELECT n * 7919::bigint % %(processes)s AS place) shuffled
CROSS JOIN LATERAL (SELECT timestamptz '2020-01-01' + shuffled.place * interval '1 hour' AS day) dated
JOIN stock_organization buyer ON buyer.place = (n * 31) % 997
JOIN stock_organization supplier ON supplier.place = (n * 17) % %(organizations)s
JOIN contracts_publisher usual ON usual.slug = 'stock-1' JOIN contracts_publisher rare ON rare.slug = 'stock-2';

INSERT INTO contracts_party (process_id, organization_id, party_id, name, roles, path)
SELECT id, buyer_id, '', buyer_name, '{buyer}'::text[], '/parties/0' FROM contracts_contractingprocess
UNION ALL
SELECT id, suppliers[1], '', supplier_names[1], '{supplier}'::text[], '/parties/1' FROM contracts_contractingprocess
UNION ALL
SELECT process.id, funder.id, '', '', '{funder}'::text[], '/parties/2'
FROM contracts_contractingprocess process
JOIN stock_organization funder ON funder.place = CASE WHEN region = 'Sonora' THEN 1 WHEN region = 'Lima' THEN 0 END;

INSERT INTO contracts_contract (
    process_id, basis, contract_id, award_id, title, status, signed_on, starts_on, ends_on, date, date_basis, amount,
    amount_usd, currency, suppliers, supplier_names, supplier_roles, path
)
SELECT id, CASE WHEN procurement_method = 'limited' THEN 'award' ELSE 'contract' END, 'C-' || id, 'A-' || id, title,
       CASE WHEN procurement_method = 'limited' THEN 'cancelled' ELSE 'active' END, signed_on, signed_on,
       signed_on + 365, signed_on, CASE WHEN procurement_method = 'limited' THEN 'award' ELSE 'signature' END, amount,
       amount, currency, suppliers, supplier_names, '{sole}', '/contracts/0'
FROM contracts_contractingprocess;

INSERT INTO audits_purchase (
    process_id, buyer_id, supplier_id, country, procurement_method, date, amount, currency, contest, sectors, subjects,
    is_gift
)
SELECT id, buyer_id, suppliers[1], country, procurement_method, date, amount, currency, '', '{telecoms}', '{}', false
FROM contracts_contractingprocess;

INSERT INTO audits_audit (
    process_id, process_digest, dossier_digest, ruleset_digest, outcomes, sectors, is_current, audited_at
)
SELECT id, digest, digest, digest, '{}',
       CASE WHEN procurement_method = 'limited' THEN '["digital_identity"]' ELSE '["telecoms"]' END::jsonb, true, now()
FROM contracts_contractingprocess;

ANALYZE contracts_contractingprocess, audits_audit;

INSERT INTO audits_flag (
    process_id, fingerprint, rule, severity, sentence, values, evidence, rule_version, parameters, judged_digest,
    first_audit_id, last_audit_id, raised_at, changed_at, state, decision, country
)
SELECT p.id, p.digest, CASE WHEN p.procurement_method = 'limited' THEN 'T08' ELSE 'R018' END,
       CASE WHEN p.procurement_method = 'limited' THEN 'high' ELSE 'medium' END, 'default', '{}',
       jsonb_build_array(jsonb_build_object('path', '/tender/title', 'passage', p.title)), 1, '{}',
       p.digest, a.id, a.id, p.date, p.date,
       CASE WHEN p.procurement_method = 'limited' THEN 'needs_information' WHEN p.id % 2 = 0 THEN 'confirmed'
            ELSE 'new' END,
       CASE WHEN p.procurement_method = 'limited' THEN 'needs_information' WHEN p.id % 2 = 0 THEN 'confirmed'
            ELSE '' END,
       p.country
FROM contracts_contractingprocess p JOIN audits_audit a ON a.process_id = p.id;

ANALYZE contracts_publisher, contracts_organization, contracts_contractingprocess, contracts_party, contracts_contract,
        audits_purchase, audits_audit, audits_flag;
"""


def write_stock(processes: int, organizations: int) -> None:
    """
    Write processes, each with a buyer, a supplier, a contract, a purchase, an audit and a flag; every second one has a
    financier, one in 5,000 rare values.

    They are committed at once.
    """
    values = {"processes": processes, "organizations": organizations, "version": READING_VERSION}
    statements = _STATEMENTS
    for name, value in values.items():
        statements = statements.replace(f"%({name})s", str(value))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.execute(statements)
