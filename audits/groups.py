"""
User groups and their permissions.

They are made after every ``migrate``, so that a permission which a new version brings is granted at once. Nothing is
taken away: an installation that wants other rights makes groups of its own.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import router
from django.utils.translation import gettext, gettext_noop

SUBMITTERS = gettext_noop("Submitters")
JOURNALISTS = gettext_noop("Journalists")
AUDITORS = gettext_noop("Auditors")
LEADS = gettext_noop("Leads")


def _may(app: str, **models: str) -> tuple[str, ...]:
    """Return permissions of an app: what may be done → the models, by their names in small letters."""
    return tuple(f"{app}.{verb}_{model}" for verb, names in models.items() for model in names.split())


_REFERENCE = "lexiconterm watchlist watchlistentry publiclist ruleoverride rulestate foureyeswaiver suppression"
_READING = (
    *_may(
        "contracts",
        view="contractingprocess release organization party award contract bid samebody sameprocess publisher "
        "submission claim document attachment receipt receiptquestion",
        add="attachment receiptquestion",
        change="claim receipt",
    ),
    *_may("audits", view=f"flag review blindreview reply audit auditattempt cohort {_REFERENCE}"),
)
_DECIDING = ("audits.add_review", "audits.decide_in_bulk", "audits.change_reply")

GROUPS: dict[str, tuple[str, ...]] = {
    # hand in records, and see what came of their own
    SUBMITTERS: ("contracts.add_submission", "contracts.add_apitoken"),
    # read what is public; their token lifts the throttle
    JOURNALISTS: ("contracts.add_apitoken",),
    # read all but who sent what, and decide
    AUDITORS: (*_READING, *_DECIDING, "contracts.add_apitoken"),
    # decide too, and keep reference data, publishers and tokens; who sent what is theirs to know
    LEADS: (
        *_READING,
        *_DECIDING,
        *(
            "audits.undo_batch_of_others",
            "audits.erase_reply",
            "audits.erase_commentrequest",
            "audits.view_shadow_flags",
        ),
        *_may("audits", view="knownanswer", add=f"knownanswer {_REFERENCE}", change=f"knownanswer {_REFERENCE}"),
        *_may(
            "contracts",
            view="publishergrant apitoken submissionorigin trailentry retentionpolicy intakepolicy",
            add="samebody publisher publishergrant submission apitoken retentionpolicy intakepolicy",
            change="samebody sameprocess publisher publishergrant apitoken retentionpolicy intakepolicy",
            publish="document",
            erase="submission",
            retry="submission",
        ),
        *_may("auth", view="user group", add="user", change="user"),
    ),
}


def group_label(group: Group) -> str:
    """Return the name of a group in the reader's language; one of the installation's own as it is."""
    return gettext(group.name) if group.name in GROUPS else group.name


def make_groups(*, using: str, **_signal: Any) -> None:
    """Make the groups that are missing, and grant what they lack. Receiver of ``post_migrate``."""
    if not router.allow_migrate_model(using, Group):
        return
    for name, permissions in GROUPS.items():
        group, _is_new = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*_find(permissions, using))


def _find(names: Iterable[str], using: str) -> list[Permission]:
    """Return the permissions of these names (``audits.add_review``) as far as the database has them by now."""
    wanted = set(names)
    codenames = {name.partition(".")[2] for name in wanted}
    known = Permission.objects.using(using).filter(codename__in=codenames).select_related("content_type")
    return [entry for entry in known if f"{entry.content_type.app_label}.{entry.codename}" in wanted]


def has_no_more_rights(person: Any, than: Any) -> bool:
    """Return whether a person has no right that another one, who is to act on their account, lacks."""
    if than.is_superuser:
        return True
    return not person.is_superuser and person.get_all_permissions() <= than.get_all_permissions()
