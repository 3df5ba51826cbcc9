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

_READING = (
    *("contracts.view_contractingprocess", "contracts.view_release", "contracts.view_organization"),
    *("contracts.view_party", "contracts.view_award", "contracts.view_contract", "contracts.view_bid"),
    *("contracts.view_publisher", "contracts.view_submission", "contracts.view_claim", "contracts.change_claim"),
    *("contracts.view_document", "contracts.view_attachment", "contracts.add_attachment"),
    "contracts.view_samebody",
    *("contracts.view_receipt", "contracts.change_receipt", "contracts.view_receiptquestion"),
    *("contracts.add_receiptquestion", "audits.view_flag", "audits.view_review"),
    *("audits.view_audit", "audits.view_auditattempt"),
    *("audits.view_lexiconterm", "audits.view_watchlist", "audits.view_watchlistentry", "audits.view_publiclist"),
    *(
        "audits.view_ruleoverride",
        "audits.view_rulestate",
        "audits.view_cohort",
        "audits.view_foureyeswaiver",
        "audits.view_suppression",
    ),
    *("audits.view_blindreview", "audits.view_reply"),
)
_DECIDING = ("audits.add_review", "audits.decide_in_bulk", "audits.change_reply")
_REFERENCE = tuple(
    f"{verb}_{model}"
    for model in (
        "lexiconterm",
        "watchlist",
        "watchlistentry",
        "publiclist",
        "ruleoverride",
        "rulestate",
        "foureyeswaiver",
        "suppression",
    )
    for verb in ("audits.add", "audits.change")
)

GROUPS: dict[str, tuple[str, ...]] = {
    # hand in records, and see what came of their own
    SUBMITTERS: ("contracts.add_submission", "contracts.add_apitoken"),
    # read what is public; their token lifts the throttle
    JOURNALISTS: ("contracts.add_apitoken",),
    # read all but who sent what, and decide
    AUDITORS: (*_READING, *_DECIDING, "contracts.add_apitoken"),
    # decide too, and keep reference data, publishers and tokens; who sent what is theirs to know
    LEADS: (
        *(
            *_READING,
            *_DECIDING,
            "audits.undo_batch_of_others",
            "audits.erase_reply",
            *_REFERENCE,
            "audits.view_shadow_flags",
        ),
        *("contracts.add_samebody", "contracts.change_samebody"),
        *("contracts.add_publisher", "contracts.change_publisher", "contracts.add_submission"),
        *("audits.view_knownanswer", "audits.add_knownanswer", "audits.change_knownanswer"),
        "contracts.retry_submission",
        *("contracts.view_publishergrant", "contracts.add_publishergrant", "contracts.change_publishergrant"),
        *("contracts.view_apitoken", "contracts.add_apitoken", "contracts.change_apitoken"),
        *("contracts.view_submissionorigin", "contracts.view_trailentry", "auth.view_user", "auth.view_group"),
        *("auth.add_user", "auth.change_user"),
        *("contracts.publish_document", "contracts.erase_submission", "contracts.view_retentionpolicy"),
        *("contracts.add_retentionpolicy", "contracts.change_retentionpolicy"),
        *("contracts.view_intakepolicy", "contracts.add_intakepolicy", "contracts.change_intakepolicy"),
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
    """Tell whether a person may do nothing that another one, who is to act on their account, may not."""
    if than.is_superuser:
        return True
    return not person.is_superuser and person.get_all_permissions() <= than.get_all_permissions()
