"""A person raises a withheld finding: the flag says so, and stands until its record changes."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from audits.engine.processes import audit_again
from audits.engine.raising import count_withheld, raise_withheld, read_withheld, sample_withheld
from audits.models import Audit, Flag, LexiconTerm, Review, RuleOverride
from audits.reports.rule_health import cached_health, health_of_rules
from audits.triage import review_flag
from contracts.models import Change
from tests.support.triage import load_release, made_up_release

pytestmark = pytest.mark.django_db
TITLE = "Curso de cámaras de videovigilancia"


@pytest.fixture
def process(db):
    """A course about cameras: T01 finds the cameras, and the head says that a course is bought."""
    for term in ("cámaras de videovigilancia", "video vigilancia"):
        LexiconTerm.objects.create(concept="video_surveillance", language="es", term=term, source="s")
    return audited(made_up_release("ocds-madeup-course", title=TITLE, description=TITLE))


@pytest.fixture
def lead(make_user):
    return make_user("Leads")


def audited(release):
    process = load_release(release)
    audit_again([process.pk])
    process.refresh_from_db()
    return process


def raise_it(process, lead, **given):
    options = {"process_id": process.pk, "code": "T01", "reason": "They are bought with it.", "raised_by": lead}
    return raise_withheld(**{**options, "record": bytes(process.digest), **given})


def test_an_audit_stores_which_rules_withhold(process):
    audit = Audit.objects.get(process=process, is_current=True)

    assert audit.outcomes["T01"]["reason"] == "withheld_object"
    assert audit.withheld == sorted(
        code for code, outcome in audit.outcomes.items() if outcome["kind"] == "clear" and outcome.get("reason")
    )
    assert count_withheld() == dict.fromkeys(audit.withheld, 1)
    assert not Flag.objects.filter(rule="T01").exists()
    assert [entry.pk for entry in sample_withheld("T01", number=5, seed="")] == [audit.pk]


def test_excluded_findings_are_withheld_with_their_passage_and_may_be_raised(lead):
    title = "Construcción de red de fibra óptica del hospital regional"
    LexiconTerm.objects.create(concept="fibre_backbone", language="es", term="red de fibra óptica", source="s")
    process = audited(made_up_release("ocds-madeup-fibre", title=title))
    audit = Audit.objects.get(process=process, is_current=True)

    assert audit.outcomes["T07"] == {"kind": "clear", "reason": "own_network", "values": {"words": title}}
    assert "T07" in audit.withheld
    assert not Flag.objects.filter(rule="T07").exists()
    health = health_of_rules()["T07"]
    assert (health.withheld, health.withheld_records) == ([("own_network", 1)], 1)
    assert cached_health("T07")[0].withheld == [("own_network", 1)]
    counted = StringIO()
    call_command("rulehealth", stdout=counted)
    assert "T07 withholds: own_network 1\n" in counted.getvalue()
    (flag,) = raise_it(process, lead, code="T07")
    assert flag.evidence[0]["passage"] == title
    assert flag.render("en") == "The record speaks of a core, access or backbone network: red de fibra óptica."


def test_a_network_without_a_sign_is_clear_without_a_reason():
    LexiconTerm.objects.create(concept="fibre_backbone", language="es", term="red de fibra óptica", source="s")
    release = made_up_release("ocds-madeup-fibre", title="Mantenimiento de la red de fibra óptica")
    process = audited({**release, "buyer": {"name": "Distribuidora de Tula"}, "parties": []})
    audit = Audit.objects.get(process=process, is_current=True)

    assert audit.outcomes["T07"] == {"kind": "clear"}
    assert "T07" not in audit.withheld


def test_another_seed_gives_another_sample(process):
    for number in range(8):
        audited(made_up_release(f"ocds-madeup-c{number}", title=TITLE, description=TITLE))
    draw = [[entry.pk for entry in sample_withheld("T01", number=4, seed=seed)] for seed in ("a", "a", "b", "c")]

    assert [len(drawn) for drawn in draw] == [4] * 4
    assert draw[0] == draw[1]
    assert len({tuple(drawn) for drawn in draw}) > 1


def test_a_raised_flag_says_so_and_is_logged(process, lead):
    (flag,) = raise_it(process, lead)

    flag.refresh_from_db()
    assert (flag.rule, flag.is_raised_by_hand, flag.state, flag.decision) == ("T01", True, "new", "")
    assert flag.evidence[0]["passage"] == TITLE
    (review,) = flag.reviews.all()
    assert (review.decision, review.reason, review.reviewer) == ("raised", "They are bought with it.", lead)
    assert review.judged["text"]["es"] == flag.render("es")
    assert Change.objects.filter(kind="flag_raised", flag_id=flag.pk).count() == 1
    assert list(sample_withheld("T01", number=5, seed="")) == []
    call_command("verifylog", verbosity=0)


def test_a_raised_flag_survives_audits_under_other_rules(process, lead):
    raise_it(process, lead)
    RuleOverride.objects.create(rule="T01", parameter="reader_threshold", value=0.4, source="tried")
    LexiconTerm.objects.all().delete()
    audit_again([process.pk])

    assert "T01" not in Audit.objects.get(process=process, is_current=True).withheld  # nothing is found any more
    flag = Flag.objects.get(rule="T01")
    assert (flag.withdrawn_at, flag.is_raised_by_hand, flag.state) == (None, True, "new")


def test_a_raised_flag_is_withdrawn_when_its_record_changes(process, lead):
    raise_it(process, lead)
    audited(made_up_release("ocds-madeup-course", title=TITLE, description=TITLE, status="cancelled"))

    flag = Flag.objects.get(rule="T01")
    assert (flag.state, flag.withdrawn_because) == ("withdrawn", "record")


def test_a_raised_flag_is_withdrawn_when_its_rule_is_disabled(process, lead):
    raise_it(process, lead)
    RuleOverride.objects.create(rule="T01", source="not asked here")
    audit_again([process.pk])

    assert Flag.objects.get(rule="T01").withdrawn_because == "rule_off"


def test_a_flag_of_the_rule_itself_is_not_by_hand(process, lead):
    raise_it(process, lead)
    found = made_up_release("ocds-madeup-course", title="Cámaras de videovigilancia para calles", description="")
    audited(found)

    flag = Flag.objects.get(rule="T01")
    assert (flag.withdrawn_at, flag.is_raised_by_hand) == (None, False)


def test_raising_restores_a_withdrawn_flag(process, lead):
    cameras = "Cámaras de videovigilancia para calles"
    audited(made_up_release("ocds-madeup-course", title=cameras, description=cameras))
    flag = Flag.objects.get(rule="T01")
    process = audited(made_up_release("ocds-madeup-course", title=TITLE, description=f"{TITLE}."))
    flag.refresh_from_db()
    assert flag.withdrawn_at is not None

    (raised,) = raise_it(process, lead)
    assert (raised.pk, raised.withdrawn_at, raised.state) == (flag.pk, None, "new")


def test_decisions_on_raised_flags_do_not_count_for_the_rule(process, lead):
    (flag,) = raise_it(process, lead)
    review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="It is so.")

    assert health_of_rules()["T01"].decisions.confirmed == 0
    audit_again([process.pk])
    flag.refresh_from_db()
    assert (flag.state, flag.decision) == ("confirmed", "confirmed")


def test_verifying_a_raised_flag_compares_with_the_withheld_finding(process, lead, capsys):
    (flag,) = raise_it(process, lead)

    call_command("verifyflag", str(flag.pk))
    assert capsys.readouterr().out == "equal\n"


@pytest.mark.parametrize(
    ("given", "code"), [({"record": b"x" * 32}, "stale"), ({"code": "T05"}, None), ({"reason": "  "}, None)]
)
def test_an_invalid_raise_is_refused_without_writing(process, lead, given, code):
    with pytest.raises(ValidationError) as caught:
        raise_it(process, lead, **given)

    assert getattr(caught.value, "code", None) == code
    assert not Flag.objects.filter(rule="T01").exists()
    assert not Review.objects.exists()


def test_a_finding_of_an_outdated_audit_cannot_be_raised(process, lead):
    load_release(made_up_release("ocds-madeup-course", title=TITLE, description=TITLE, status="cancelled"))
    process.refresh_from_db()

    with pytest.raises(ValidationError, match="has changed"):
        raise_it(process, lead)


def test_a_confirmed_flag_cannot_be_raised_again(process, lead):
    (flag,) = raise_it(process, lead)
    review_flag(flag=flag, reviewer=lead, decision=Review.Decision.CONFIRMED, reason="It is so.")

    with pytest.raises(ValidationError, match="confirmed flag here"):
        raise_it(process, lead)


def test_a_standing_flag_is_not_raised_again_over_its_dismissal(process, lead):
    (flag,) = raise_it(process, lead)
    for decisions in (1, 2):
        with pytest.raises(ValidationError, match="decide on that one"):
            raise_it(process, lead, reason="Once more.")
        assert flag.reviews.count() == decisions
        if decisions == 1:
            review_flag(flag=flag, reviewer=lead, decision=Review.Decision.DISMISSED, reason="They are of the office.")


def test_a_rule_that_finds_nothing_withholds_nothing(process):
    assert read_withheld(process.pk, "T05") is None
    assert read_withheld(0, "T01") is None
    assert read_withheld(process.pk, "R018") is None


def test_a_lead_sets_the_threshold_of_a_rule_and_it_enters_the_digest(process):
    cameras = "Cámaras de videovigilancia con mantenimiento de jardines y combustible"
    other = audited(made_up_release("ocds-madeup-garden", title=cameras, description=cameras))
    before = Audit.objects.get(process=other, is_current=True)
    assert before.outcomes["T01"]["kind"] == "flagged"

    RuleOverride.objects.create(rule="T01", parameter="reader_threshold", value=1, source="the desk, in November")
    audit_again([other.pk])
    after = Audit.objects.get(process=other, is_current=True)
    assert after.outcomes["T01"]["reason"] == "withheld_reading"
    assert bytes(after.ruleset_digest) != bytes(before.ruleset_digest)
    assert "withheld_reading" not in str(after.outcomes["T03"])  # another rule keeps its own


def test_a_threshold_beyond_its_range_switches_the_rule_off(process):
    RuleOverride.objects.create(rule="T01", parameter="reader_threshold", value=1.5, source="s")
    audit_again([process.pk])

    assert "T01" not in Audit.objects.get(process=process, is_current=True).outcomes
