"""Migrations on a database that holds data, while the version before them still writes to it."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from audits.models import Audit, Flag
from contracts.models import ContractingProcess

_AUDIT = """
    INSERT INTO audits_audit
        (process_id, process_digest, dossier_digest, ruleset_digest, outcomes, sectors, is_current, audited_at)
    VALUES (%s, '', %s, '', '{}', '[]', true, now()) RETURNING id
"""
_FLAG = """
    INSERT INTO audits_flag (process_id, rule, fingerprint, severity, sentence, values, evidence, rule_version,
                             parameters, judged_digest, first_audit_id, last_audit_id, raised_at, changed_at, state)
    VALUES (%s, 'R018', %s, 'low', 'default', '{}', '[]', 1, '{}', '', %s, %s, now(), now(), 'new')
    ON CONFLICT (process_id, fingerprint) DO UPDATE SET last_audit_id = EXCLUDED.last_audit_id
"""


def write_as_before(process):
    """Write an audit and a flag in the columns that version 0004 knows."""
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [process.pk, process.digest])
        (audit,) = cursor.fetchone()
        cursor.execute(_FLAG, [process.pk, process.digest, audit, audit])


@pytest.fixture
def at_0004(transactional_db):
    call_command("migrate", "audits", "0004", verbosity=0)
    yield
    call_command("migrate", "audits", verbosity=0)


def make_process(number, country):
    return ContractingProcess.objects.create(
        ocid=f"ocds-test01-{number}", digest=bytes([number]) * 32, country=country, compiled_release={}
    )


def test_flags_get_the_country_of_their_process_and_the_version_before_goes_on_writing(at_0004):
    write_as_before(make_process(1, "PE"))
    write_as_before(make_process(2, ""))
    call_command("migrate", "audits", verbosity=0)
    assert dict(Flag.objects.values_list("process__ocid", "country")) == {"ocds-test01-1": "PE", "ocds-test01-2": ""}
    write_as_before(make_process(3, "CL"))
    assert Flag.objects.get(process__ocid="ocds-test01-3").organization is None
    audit = Audit.objects.first()
    with pytest.raises(IntegrityError, match="audit_has_one_subject"), transaction.atomic():
        Audit.objects.filter(pk=audit.pk).update(process=None)
