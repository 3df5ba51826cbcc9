"""Made-up records and flags for tests of the admin: written the way the engine writes them."""

import hashlib
import itertools
import json

from audits.engine.judged import Judged
from audits.engine.writing import write_audits
from audits.judging.rule.vocabulary import Evidence, Finding, OutcomeKind
from audits.judging.rule_set import Outcome, RuleSet
from audits.models import Flag
from audits.rules import RULES
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Submission
from tests.support.receiving import receive

DESCRIPTION = (
    "Suministro de cámaras de video vigilancia para el mercado municipal, con instalación y puesta en marcha. "
    "El sistema se integrará con el centro de mando de la policía estatal."
)

_count = itertools.count(1)


def made_up_release(ocid: str = "", **tender) -> dict:
    """A release with one of everything that a page shows."""
    ocid = ocid or f"ocds-madeup-{next(_count):04}"
    return {
        "ocid": ocid,
        "id": f"{ocid}-1",
        "date": "2026-03-01T00:00:00Z",
        "tag": ["tender", "award", "contract"],
        "initiationType": "tender",
        "language": "es",
        "buyer": {"id": "B1", "name": "Municipio de Tula"},
        "parties": [
            {"id": "B1", "name": "Municipio de Tula", "roles": ["buyer"], "address": {"countryName": "México"}},
            {
                "id": "S1",
                "name": "Cámaras del Norte S.A.",
                "roles": ["supplier", "tenderer"],
                "identifier": {"scheme": "MX-RFC", "id": "CNO010101AAA"},
            },
        ],
        "tender": {
            "id": "T1",
            "title": "Cámaras para el mercado",
            "description": DESCRIPTION,
            "procurementMethod": "open",
            "numberOfTenderers": 1,
            "status": "complete",
            "value": {"amount": 1500000.10, "currency": "MXN"},
            "documents": [
                {"id": "D1", "documentType": "tenderNotice", "title": "Convocatoria", "url": "https://example.org/1"}
            ],
            **tender,
        },
        "awards": [
            {
                "id": "A1",
                "title": "Adjudicación",
                "status": "active",
                "date": "2026-03-05T00:00:00Z",
                "value": {"amount": 1400000, "currency": "MXN"},
                "suppliers": [{"id": "S1", "name": "Cámaras del Norte S.A."}],
            }
        ],
        "contracts": [
            {
                "id": "C1",
                "awardID": "A1",
                "title": "Contrato",
                "status": "active",
                "dateSigned": "2026-03-20T00:00:00Z",
                "value": {"amount": 1400000, "currency": "MXN"},
            }
        ],
    }


def load_release(release: dict) -> ContractingProcess:
    """Take a release in, the whole way from its bytes."""
    submission, _is_new = receive([json.dumps(release).encode()], channel=Submission.Channel.COMMAND)
    process_submission(submission.pk)
    return ContractingProcess.objects.get(ocid=release["ocid"])


def raise_flag(process: ContractingProcess, *evidence: Evidence, code: str = "R018", **finding) -> Flag:
    """Write an audit in which a rule flags a process; the same rule and ``cites`` again change the same flag."""
    cited = evidence or (Evidence("/tender/numberOfTenderers", 1, note="numberOfTenderers"),)
    # Flags of different records are identical to nobody, unless a test gives them the same values.
    given = {"values": {"count": 1, "method": "open", "ocid": process.ocid}, **finding}
    return write_outcomes(process, Outcome(code, OutcomeKind.FLAGGED, findings=(Finding(cited, **given),)))[0]


def write_outcomes(process: ContractingProcess, *outcomes: Outcome) -> list[Flag]:
    """Write an audit with these outcomes; return the flags that stand, the latest first."""
    process.refresh_from_db()
    rule_set = RuleSet(RULES[outcome.code] for outcome in outcomes)
    judged = Judged(
        subject_id=process.pk,
        identity=process.ocid,
        country=process.country,
        process_digest=bytes(process.digest),
        dossier_digest=hashlib.sha256(f"{process.ocid} {next(_count)}".encode()).digest(),
        rule_set=rule_set,
        outcomes=outcomes,
        sectors=("surveillance",),
    )
    assert write_audits([judged]) == 1
    return list(Flag.objects.filter(process=process, withdrawn_at=None).order_by("-pk"))
