"""
Rows that earlier versions stored are read by the present one.

To build the tables takes a minute, so they are built once: some versions add rows, and tests look at what has become
of them.
"""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import override

from contracts.models import Award, Claim, Contract, ContractingProcess, Submission
from contracts.postgres.search import with_words
from contracts.translating import problem_detail
from tests.support.migrations import begin_at, fill_again, go_to
from tests.support.records import load, release

BEFORE = [
    ("not_json", "Expecting ':' delimiter at byte 5.", "", {"message": "Expecting ':' delimiter", "offset": 5}),
    ("not_json", "A bracket closes what was never opened.", "bracket", {}),
    (
        "not_a_package",
        "The object has none of releases, records, ocid. It has: 'a', \"b'c\".",
        "members",
        {"members": ["a", "b'c"]},
    ),
    ("body_too_large", "The body is 20 bytes long; the limit is 10.", "length", {"length": 20, "limit": 10}),
    (
        "looks_like_latin1",
        "Line 3 is not UTF-8 at byte 16; it was read as 'año\\nfin'.",
        "line",
        {"line": 3, "offset": 16, "text": "año\nfin"},
    ),
    (
        "simple_contract",
        "expected an object of dates, found text '1,5': write {'date': …}",
        "dates",
        {"found": "text", "text": "1,5"},
    ),
    ("simple_contract", "expected a URL or an object with a URL, found a list", "document", {"found": "list"}),
    (
        "field_unknown",
        "The field 'objet' is not known: it is kept, and nothing reads it. Is it 'title'?",
        "near",
        {"name": "objet", "near": "title"},
    ),
    (
        "reading_stopped",
        "Reading stopped after 1000 problems; what follows was not looked at.",
        "problems",
        {"number": 1000},
    ),
    ("not_json", "An even earlier text.", "as_stored", {"text": "An even earlier text."}),
    ("of_old", "The code is gone.", "as_stored", {"text": "The code is gone."}),
]
CORRECTIONS = [
    {"path": "/a", "found": "list of 1", "used": "its only entry", "reason": "array_where_object"},
    {"path": "/b", "found": "x", "used": "a list of it", "reason": "text_where_array"},
    {"path": "/id", "found": "r-1", "used": "the last received", "reason": "release_id_reused"},
    {"path": "/c", "found": "1.10", "used": "1.10", "reason": "text_as_number"},
]


PUBLIC_BEFORE = {
    "ocds-x-1": ("api", "accepted"),
    "OCDS-tula-1": ("api", "official"),
    "ocds-x-2": ("admin", "official"),
    "ocds-x-3": ("command", "official"),
}


def store_texts(apps):
    """Return what version 0003 stores: submissions that were kept, that failed, and with another error; a process."""
    content = apps.get_model("contracts", "Content").objects.create(sha256="0" * 64, size=0)
    submissions = apps.get_model("contracts", "Submission").objects
    stored = [
        {"code": code, "detail": detail, "hint": "…", "warning": False, "pointer": "/x", "line": 2, "offset": 7}
        for code, detail, _variant, _values in BEFORE
    ]
    kept = submissions.create(content=content, channel="api", problems=stored)
    failed = submissions.create(
        content=content,
        channel="api",
        attempts=3,
        error="It was tried 3 times, and each time the worker died or ran out of time.",
    )
    other = submissions.create(content=content, channel="api", error="Some other text")
    process = apps.get_model("contracts", "ContractingProcess").objects.create(
        ocid="ocds-1", digest=b"1" * 32, compiled_release={}, corrections=CORRECTIONS
    )
    return kept.pk, failed.pk, other.pk, process.pk


def store_what_was_public(apps):
    models = {name: apps.get_model("contracts", name).objects for name in ("Content", "Submission", "Release")}
    apps.get_model("contracts", "Publisher").objects.create(slug="tula", name="Tula", ocid_prefix="ocds-tula")
    content = models["Content"].create(sha256="1" * 64, size=0)
    for ocid, (channel, _verification) in PUBLIC_BEFORE.items():
        submission = models["Submission"].create(content=content, channel=channel)
        models["Release"].create(ocid=ocid, digest=b"1" * 32, content=b"{}", submission=submission)
        apps.get_model("contracts", "ContractingProcess").objects.create(
            ocid=ocid, digest=b"1" * 32, compiled_release={}
        )


def make_searched(number, model=ContractingProcess):
    model.objects.create(
        ocid=f"ocds-before-{number}", digest=bytes(32), compiled_release={}, title=f"Cámara número {number}"
    )


def break_off_the_index_of_search(apps):
    make_searched(1, apps.get_model("contracts", "ContractingProcess"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX process_words ON contracts_contractingprocess (id)")


def store_instants(apps):
    """Store a record as it was before days were kept."""
    publisher = apps.get_model("contracts", "Publisher").objects.create(slug="co", time_zone="America/Bogota")
    signed, awarded = "2017-01-25T00:00:00+02:00", "2017-01-20T03:00:00Z"
    process = apps.get_model("contracts", "ContractingProcess").objects.create(
        ocid="ocds-days-1",
        publisher=publisher,
        digest=bytes(32),
        compiled_release={
            "awards": [{"id": "A", "date": awarded}],
            "contracts": [
                {"awardID": "A", "dateSigned": signed},
                {"awardID": "A", "period": {"endDate": "2018-12-31"}},
            ],
        },
        award_count=1,
    )
    apps.get_model("contracts", "Award").objects.create(
        process=process, award_id="A", path="/awards/0", date=datetime.fromisoformat(awarded)
    )
    contracts = apps.get_model("contracts", "Contract").objects
    contracts.create(process=process, award_id="A", path="/contracts/0", date_signed=datetime.fromisoformat(signed))
    contracts.create(process=process, award_id="A", path="/contracts/1", end=datetime(2018, 12, 31, 5, tzinfo=UTC))


@pytest.fixture(scope="module")
def of_before(django_db_setup, django_db_blocker):
    """Migrate from version 0003 to the present one; yields the keys of what version 0003 stored."""
    with django_db_blocker.unblock():
        apps = begin_at(("contracts", "0003"))
        stored = store_texts(apps)
        break_off_the_index_of_search(apps)
        store_what_was_public(go_to(("contracts", "0007")))
        store_instants(go_to(("contracts", "0014"), ("audits", "0016")))
        call_command("migrate", verbosity=0)
        yield stored
        call_command("flush", verbosity=0, interactive=False)


def test_stored_texts_become_codes_and_values(of_before):
    *submissions, process = of_before
    kept, failed, other = (Submission.objects.get(pk=pk) for pk in submissions)
    problems = kept.found_problems
    assert [(problem.code, problem.variant, problem.values) for problem in problems] == [
        (code, variant, values) for code, _detail, variant, values in BEFORE
    ]
    assert {(problem.pointer, problem.line, problem.offset) for problem in problems} == {("/x", 2, 7)}
    with override("es"):
        assert problem_detail(problems[0]) == "Se esperaba ':' en el byte 5."
        assert problem_detail(problems[-1]) == "The code is gone."
    with override("en"):
        assert problem_detail(failed.failure).startswith("It was tried 3 times")
    assert problem_detail(other.failure) == "Some other text"
    corrections = ContractingProcess.objects.get(pk=process).corrections
    assert [correction["used"] for correction in corrections] == ["object", "array", "r-1", "1.10"]


def test_what_was_public_stays_public_and_says_who_sent_it(of_before):
    found = ContractingProcess.objects.public().filter(ocid__in=PUBLIC_BEFORE)
    assert dict(found.values_list("ocid", "verification")) == {
        ocid: verification for ocid, (_channel, verification) in PUBLIC_BEFORE.items()
    }
    claim = Claim.objects.get()
    assert (claim.ocid, claim.state, claim.decision.decided_by) == ("ocds-x-1", "accepted", None)
    assert claim.releases.count() == 1
    assert set(Submission.objects.exclude(standing="operator").values_list("channel", flat=True)) == {"api"}


def test_rows_from_before_and_after_are_found_though_an_index_was_broken_off(of_before):
    make_searched(2)
    found = with_words(ContractingProcess.objects.order_by("ocid"), "camaras", "")
    assert [process.ocid for process in found] == ["ocds-before-1", "ocds-before-2"]


def test_days_are_filled_in_as_they_would_be_written(of_before):
    assert [str(day) for day in Award.objects.values_list("awarded_on", flat=True)] == ["2017-01-19"]
    rows = Contract.objects.order_by("path").values_list("signed_on", "ends_on", "date", "date_basis")
    assert [tuple(map(str, row)) for row in rows] == [
        ("2017-01-25", "None", "2017-01-25", "signature"),
        ("None", "2018-12-31", "2017-01-19", "award"),
    ]
    process = ContractingProcess.objects.get(ocid="ocds-days-1")
    assert tuple(map(str, (process.awarded_on, process.signed_on))) == ("2017-01-19", "2017-01-25")


def test_what_was_sent_again_is_noted_with_the_claim_that_holds_it(db):
    load(release("ocds-x-3"))
    claimed = {"channel": Submission.Channel.FORM}
    first = load(release("ocds-x-1"), release("ocds-x-2"), release("ocds-x-3", language="es"), **claimed)
    again = load(release("ocds-x-1"), release("ocds-x-2", language="es"), release("ocds-x-3"), **claimed)
    noted = set(again.repeats.values_list("submission", "ocid"))
    assert noted == {(first.pk, "ocds-x-1")}
    again.repeats.clear()
    fill_again("contracts", "0053_claims_that_are_repeated")
    assert set(again.repeats.values_list("submission", "ocid")) == noted
    assert not first.repeats.exists()


def test_a_database_that_goes_back_a_few_migrations_comes_forward_again(transactional_db):
    """Those of audits, made at once, need none of the last few of contracts."""
    call_command("migrate", "contracts", "0049", verbosity=0)
    assert recorded("audits") >= {"0001_squashed_0062_place_in_queue", "0062_place_in_queue"}
    assert "0051_changes_told_at_once" not in recorded("contracts")
    call_command("migrate", verbosity=0)
    assert recorded("contracts") >= {"0051_changes_told_at_once", "0052_processes_by_codes_and_publishers"}


def recorded(app):
    return {name for at, name in MigrationRecorder(connection).applied_migrations() if at == app}
