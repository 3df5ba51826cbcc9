"""The cause of each change or withdrawal of a confirmed flag is kept and shown until a person looks again."""

import pytest
from django.utils.translation import override

from audits.engine import attempts, organizations
from audits.judging.rule.vocabulary import Evidence, Finding
from audits.models import AuditAttempt, Flag, LexiconTerm, Review, RuleOverride
from audits.triage import review_flag
from contracts.decisions.claims import decide_claim
from contracts.models import Claim, ClaimDecision, Submission
from tests.support import bidding
from tests.support.auditing import settle
from tests.support.clients import Client
from tests.support.pages import change_page
from tests.support.purchases import add_terms, audit, purchase
from tests.support.records import load
from tests.support.rules import made_up

pytestmark = pytest.mark.django_db

TITLE = "Cámaras de videovigilancia y lectura de placas para la plaza"
trouble: list[Exception] = []


def make_rule(version=1, *, is_quiet=False):
    @made_up("X01", "asked", version=version, reads=("purchases_before",))
    def asks(dossier, *, least: int = 1, most_before: int = 1):
        if trouble:
            raise trouble[0]
        words = len(dossier.mentions_of("video_surveillance"))
        before = len(dossier.statistics.purchases_before or ())
        if words >= least and before <= most_before and not is_quiet:
            values = {"words": words, "before": before, "least": least, "version": version}
            yield Finding((Evidence("/tender/title", dossier.process.tender.title),), values)

    return asks


def again(title=TITLE, **options):
    """Send the record again, with another title."""
    load(
        {**purchase(5, title=title, date="2024-02-01", method="direct"), "id": "2", "date": "2024-06-01T00:00:00Z"},
        **options,
    )


def accept_a_claim(title, auditor):
    again(title, channel=Submission.Channel.API)
    decide_claim(claim=Claim.objects.get(), decided_by=auditor, kind=ClaimDecision.Kind.ACCEPTED, reason="It is so.")


def override_rule(**given):
    RuleOverride.objects.create(rule="X01", source="test", **given)


def break_the_rule():
    trouble.append(RuntimeError("broken"))
    again("Otra cosa")


def buy_before(number):
    load(*(purchase(place, date=f"2024-01-0{place}", amount=place, method="direct") for place in range(1, number + 1)))


# cause → what makes the flag say something else, and what makes it fall away
CHANGES = {
    "record": lambda **_: again(f"Más {TITLE}"),
    "claim": lambda auditor, **_: accept_a_claim(f"Más {TITLE}", auditor),
    "reference": lambda **_: LexiconTerm.objects.create(
        concept="video_surveillance", language="es", term="lectura de placas", strength="strong"
    ),
    "parameter": lambda **_: override_rule(parameter="least", value=0),
    "rule_version": lambda only_rules, **_: only_rules(make_rule(version=2)),
    "figures": lambda **_: buy_before(1),
    "failure": lambda **_: break_the_rule(),
}
WITHDRAWALS = {
    "record": lambda **_: again("Sillas"),
    "claim": lambda auditor, **_: accept_a_claim("Sillas", auditor),
    "reference": lambda **_: LexiconTerm.objects.update(enabled=False),
    "parameter": lambda **_: override_rule(parameter="least", value=9),
    "rule_version": lambda only_rules, **_: only_rules(make_rule(version=2, is_quiet=True)),
    "figures": lambda **_: buy_before(2),
    "rule_off": lambda **_: override_rule(),
}


@pytest.fixture
def auditor(make_user):
    return make_user("Auditors", name="ana")


@pytest.fixture
def flag(only_rules, auditor):
    """A flag that a person confirmed."""
    only_rules(make_rule())
    add_terms()
    audit(purchase(5, title=TITLE, date="2024-02-01", method="direct"))
    raised = Flag.objects.get()
    review_flag(flag=raised, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="Read in the record.")
    yield raised
    trouble.clear()


def public_rows(flag):
    """Return the flag as each public answer that shows it has it."""
    reader = Client()
    return [
        reader.get(f"/api/v1/flags/{flag.pk}/").json(),
        *reader.get("/api/v1/flags/").json()["results"],
        *reader.get(f"/api/v1/contracting-processes/{flag.process.ocid}/").json()["flags"],
    ]


def shown(client, flag, language="en"):
    address = change_page(flag)
    return client.get(address, headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize(
    ("cause", "state", "change"),
    [
        *((cause, "changed", change) for cause, change in CHANGES.items()),
        *((cause, "withdrawn", change) for cause, change in WITHDRAWALS.items()),
    ],
)
def test_a_confirmed_flag_states_the_cause_of_its_change_until_reviewed(
    cause, state, change, flag, auditor, only_rules, client
):
    client.force_login(auditor)
    assert {row["notice"] for row in public_rows(flag)} == {""}
    change(auditor=auditor, only_rules=only_rules)
    audit()
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == (state, cause)
    assert flag.withdrawn_because == (cause if state == "withdrawn" else "")
    with override("en"):
        notice, label = flag.notice, str(Flag.Cause(cause).label)
        assert label in notice
    rows = public_rows(flag)
    assert [(row["notice"], row["changed_because"], row["state"]) for row in rows] == [(notice, cause, state)] * 3
    assert notice in shown(client, flag)
    for language in ("es", "pt-br", "pt-pt"):
        with override(language):
            assert flag.notice != notice
            assert str(Flag.Cause(cause).label) in shown(client, flag, language)
    assert list(Flag.objects.awaiting_review().filter(pk=flag.pk)) == [flag]
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="It is still so.")
    audit()
    assert {(row["notice"], row["changed_because"]) for row in public_rows(flag)} == {("", "")}
    assert not Flag.objects.awaiting_review().filter(pk=flag.pk).exists()
    assert notice not in shown(client, flag)


def test_a_flag_back_at_its_confirmed_text_has_no_notice(flag):
    for change in (lambda: again("Sillas"), lambda: RuleOverride.objects.create(rule="X01", source="test")):
        change()
        audit()
        flag.refresh_from_db()
        assert flag.state == "withdrawn"
    RuleOverride.objects.all().delete()
    load({**purchase(5, title=TITLE, date="2024-02-01", method="direct"), "id": "3", "date": "2024-07-01T00:00:00Z"})
    audit()
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because, flag.withdrawn_because, flag.notice) == ("confirmed", "", "", "")


def test_figures_that_change_later_do_not_hide_that_the_record_changed(flag):
    again(f"Más {TITLE}")
    audit()
    buy_before(1)
    audit()
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == ("changed", "record")


def test_a_rule_that_recovers_removes_the_notice(flag):
    break_the_rule()
    audit()
    flag.refresh_from_db()
    assert flag.changed_because == "failure"
    trouble.clear()
    load({**purchase(5, title=TITLE, date="2024-02-01", method="direct"), "id": "3", "date": "2024-07-01T00:00:00Z"})
    audit()
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == ("confirmed", "")


def test_a_failed_audit_is_given_as_cause(flag):
    again("Otra cosa")
    AuditAttempt.objects.create(
        process=flag.process, key=b"k", attempts=3, leased_until="2024-01-01T00:00:00Z", error="MemoryError"
    )
    assert attempts.give_up_exhausted() == 1
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == ("changed", "failure")
    assert attempts.give_up_exhausted() == 0


def test_a_failed_audit_of_an_organization_is_given_as_cause(monkeypatch, auditor):
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")
    load(bidding.process(1, statuses=("disqualified",) * 2), bidding.process(2, statuses=("disqualified",) * 2))
    settle()
    flag = Flag.objects.filter(organization__isnull=False).first()
    review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason="Counted.")
    monkeypatch.setattr(organizations, "figures_of", lambda *_, **__: 1 / 0)
    load(bidding.process(3))
    settle()
    flag.refresh_from_db()
    assert (flag.state, flag.changed_because) == ("changed", "failure")


def test_an_undecided_flag_is_not_marked_by_a_failing_rule(flag, auditor):
    audit(purchase(6, title=TITLE, buyer="B2", date="2024-02-01", method="direct"))
    undecided = Flag.objects.get(process__ocid="ocds-test01-6")
    trouble.append(RuntimeError("broken"))
    load(
        {
            **purchase(6, title="Otra", buyer="B2", date="2024-02-01", method="direct"),
            "id": "2",
            "date": "2024-06-01T00:00:00Z",
        }
    )
    audit()
    undecided.refresh_from_db()
    assert (undecided.state, undecided.changed_because) == ("new", "")
