"""Groups: made after migrating, granted what is new, never cut back."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from audits import groups
from audits.models import Flag

pytestmark = pytest.mark.django_db


def granted(name: str) -> set[str]:
    return {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Group.objects.get(name=name).permissions.select_related("content_type")
    }


@pytest.mark.parametrize("name", list(groups.GROUPS))
def test_each_group_has_what_its_list_says(name):
    assert granted(name) == set(groups.GROUPS[name])


def test_a_second_migrate_changes_nothing():
    call_command("migrate", verbosity=0)
    assert Group.objects.count() == len(groups.GROUPS)
    assert granted(groups.AUDITORS) == set(groups.GROUPS[groups.AUDITORS])


def test_a_permission_that_came_later_is_granted_at_the_next_migrate(monkeypatch):
    Permission.objects.create(
        codename="export_flag", name="Can export", content_type=ContentType.objects.get_for_model(Flag)
    )
    monkeypatch.setitem(groups.GROUPS, groups.LEADS, (*groups.GROUPS[groups.LEADS], "audits.export_flag"))
    groups.make_groups(using="default", sender=apps.get_app_config("audits"))
    assert "audits.export_flag" in granted(groups.LEADS)


def test_what_an_installation_granted_beyond_stays():
    extra = Permission.objects.get(codename="view_flag")
    Group.objects.get(name=groups.JOURNALISTS).permissions.add(extra)
    groups.make_groups(using="default")
    assert granted(groups.JOURNALISTS) == {"audits.view_flag", *groups.GROUPS[groups.JOURNALISTS]}


def test_no_group_may_change_or_delete_what_was_published_or_judged():
    kept = ("flag", "review", "audit", "release", "contractingprocess", "organization", "submission", "claimdecision")
    for permissions in groups.GROUPS.values():
        assert not {name for name in permissions if name.split("_")[-1] in kept and "view_" not in name} - {
            "audits.add_review",
            "contracts.add_submission",
            "contracts.erase_submission",  # leads, where a person asks for it; a tombstone stays
            "contracts.retry_submission",
        }
