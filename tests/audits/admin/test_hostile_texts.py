"""Hostile texts of a record are escaped on every page of the admin that shows it."""

import pytest
from django.urls import reverse

from audits.judging.rule.vocabulary import Evidence
from audits.models import Review
from contracts.models import Release
from tests.support.pages import HOSTILE, alive, change_page
from tests.support.triage import load_release, made_up_release, raise_flag


def hostile_release(text: str) -> dict:
    """A release in which every text that is no code, id or date is hostile."""

    def poison(value, key=""):
        if isinstance(value, dict):
            return {name: poison(member, name) for name, member in value.items()}
        if isinstance(value, list):
            return [poison(member, key) for member in value]
        spared = ("id", "ocid", "date", "tag", "language", "roles", "awardID", "currency", "countryName")
        return text if isinstance(value, str) and key not in spared and "Date" not in key else value

    return poison(made_up_release(items=[{"id": "1", "description": "x"}], procurementMethodDetails="x"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_of_a_record_are_escaped_on_every_page(auditor, text):
    release = hostile_release(text)
    process = load_release(release)
    place = Evidence("/tender/description", text, text, 0, len(text), text)
    around = Evidence("/tender/title", text, note=text)
    flag = raise_flag(process, place, around, values={"count": text, "method": text})
    Review.objects.create(
        flag=flag,
        decision="dismissed",
        reason=text,
        reviewer=flag.reviews.model._meta.get_field("reviewer").related_model.objects.first(),
        judged_digest=b"other",
        judged={"text": {"en": text}, "values": {"x": text}},
    )
    organization = process.parties.first().organization
    release_row = Release.objects.get(ocid=process.ocid)
    addresses = [
        reverse("admin:audits_flag_changelist") + "?state=all",
        change_page(flag),
        reverse("admin:audits_audit_change", args=[flag.last_audit_id]),
        reverse("admin:audits_audit_changelist"),
        reverse("admin:audits_review_changelist"),
        change_page(flag.reviews.get()),
        reverse("admin:contracts_contractingprocess_changelist"),
        change_page(process),
        reverse("admin:contracts_organization_changelist"),
        change_page(organization),
        reverse("admin:contracts_release_changelist"),
        change_page(release_row),
        reverse("admin:contracts_submission_changelist"),
        reverse("admin:contracts_submission_change", args=[release_row.submission_id]),
    ]
    seen = 0
    for address in addresses:
        html = auditor.get(address).content.decode()
        assert alive(html) == [], address
        seen += "alert" in html or "hostile" in html or "7|add" in html
    assert seen >= 8  # the texts are there, and harmless
