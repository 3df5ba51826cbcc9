"""What each page of the admin is to whom, for the access matrix: a new page fails there until it stands here."""

from audits import groups
from tests.security.world import SESSIONS

# The admin: page → who reads its list and its rows, who adds, who may do what with many.
READERS = {groups.AUDITORS, groups.LEADS, "superuser"}


LEADS = {groups.LEADS, "superuser"}


SENDERS = {groups.SUBMITTERS, *LEADS}


ALL = set(SESSIONS) - {"anonymous"}


NOBODY: set[str] = set()


ADMIN: dict[str, tuple[set[str], set[str], set[str]]] = {
    # page: (list, add, row)
    "audits_audit": (READERS, NOBODY, READERS),
    "audits_auditattempt": (READERS, NOBODY, READERS),
    "audits_blindreview": (READERS, NOBODY, READERS),
    "audits_cohort": (READERS, NOBODY, READERS),
    "audits_flag": (READERS, NOBODY, READERS),
    "audits_foureyeswaiver": (READERS, LEADS, READERS),
    "audits_knownanswer": (LEADS, LEADS, LEADS),
    "audits_lexiconterm": (READERS, LEADS, READERS),
    "audits_publiclist": (READERS, LEADS, READERS),
    "audits_reply": (READERS, NOBODY, READERS),
    "audits_review": (READERS, NOBODY, READERS),
    "audits_ruleoverride": (READERS, LEADS, READERS),
    "audits_rulestate": (READERS, LEADS, READERS),
    "audits_suppression": (READERS, LEADS, READERS),
    "audits_watchlist": (READERS, LEADS, READERS),
    "audits_watchlistentry": (READERS, LEADS, READERS),
    "auth_group": (LEADS, {"superuser"}, LEADS),
    "auth_user": (LEADS, LEADS, LEADS),
    # a row of the submitter's own
    "contracts_apitoken": (ALL, ALL, SENDERS),
    "contracts_attachment": (READERS, READERS, READERS),
    "contracts_claim": (READERS, NOBODY, READERS),
    "contracts_contractingprocess": (READERS, NOBODY, READERS),
    "contracts_document": (READERS, NOBODY, READERS),
    "contracts_intakepolicy": (LEADS, NOBODY, LEADS),  # its one row is there
    "contracts_organization": (READERS, NOBODY, READERS),
    "contracts_publisher": (READERS, LEADS, READERS),
    "contracts_publishergrant": (LEADS, LEADS, LEADS),
    "contracts_receipt": (READERS, NOBODY, READERS),
    "contracts_release": (READERS, NOBODY, READERS),
    "contracts_retentionpolicy": (LEADS, NOBODY, LEADS),
    "contracts_samebody": (READERS, LEADS, READERS),
    "contracts_sameprocess": (READERS, NOBODY, READERS),
    "contracts_submission": ({*READERS, groups.SUBMITTERS}, SENDERS, {*READERS, groups.SUBMITTERS}),
    "contracts_trailentry": (LEADS, NOBODY, LEADS),
}


DELETERS = {"auth_group": {"superuser"}, "auth_user": {"superuser"}}


ACTIONS = {
    "audits_flag": {"decide_together": READERS, "decide_contracts": READERS, "assign": READERS},
    "audits_reply": {"erase": LEADS},
    "auth_group": {"delete_selected": {"superuser"}},
    "auth_user": {"delete_selected": {"superuser"}},
    "contracts_apitoken": {"revoke": ALL},  # of one's own; a lead, of all
    "contracts_claim": {"decide_together": READERS},
    "contracts_document": {"publish": LEADS, "withdraw": LEADS},
    "contracts_publishergrant": {"end": LEADS},
    "contracts_submission": {"erase": SENDERS, "erase_with_records": LEADS, "retry": LEADS},
}


# Pages of the admin that are of no model, for the staff; what stands on them depends on who reads them.
ADMIN_PAGES = {"", "login/", "logout/", "password_change/", "password_change/done/", "autocomplete/", "jsi18n/"}
ADMIN_PAGES |= {"summary/"}


ADMIN_PAGES |= {"second-factor/", "second-factor/mine/", "second-factor/people/", "second-factor/link/<str:token>/"}


ADMIN_PAGES |= {f"second-factor/passkeys/{step}/" for step in ("new", "made", "ask", "given")}


ADMIN_PAGES |= {"r/<path:content_type_id>/<path:object_id>/", "auth/user/<id>/password/"}


ADMIN_PAGES |= {"auth/user/<int:pk>/invite/", "auth/user/<int:pk>/token/", "invited/<uidb64>/<token>/"}


ADMIN_PAGES |= {"audits/blindreview/next/", "audits/review/decisions.xlsx", "contracts/claim/together/"}
ADMIN_PAGES |= {"audits/rulestate/rules/"}


ADMIN_PAGES |= {"^(?P<app_label>contracts|auth|audits)/$", "(?P<url>.*)$"}


# Pages of a flag beside its own, for those who read flags.
FLAG_PAGES = {
    "saved/",
    "<int:pk>/undo/",
    "<int:pk>/desk/",
    "<int:pk>/note/",
    "<int:pk>/comment/",
    "<int:pk>/case/",
    "<int:pk>/case.json",
    "together/",
    "together/<uuid:batch>/",
}


# Pages of what rules withhold, for those who read audits.
WITHHELD_PAGES = {"withheld/", "withheld/<str:code>/<int:process_id>/"}


KINDS = {"", "add/", *(f"<path:object_id>/{kind}" for kind in ("history/", "delete/", "change/", ""))}
