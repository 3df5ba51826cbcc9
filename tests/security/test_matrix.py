"""
The access matrix: every address of the site and every page of the admin, for every role; what is sent to them is in
``test_matrix_posts``.

The addresses come from the URL resolver and the pages from the admin's registry, so a new one fails here until its
entry says who reaches it. No answer tells a word of a flag, a decision or a claim to who may not know it.
"""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from audits import groups
from audits.dumps.tables import TABLES
from audits.exporting.writing import write_due
from tests.security.world import BAD_TOKENS, HIDDEN, ROLES, SESSIONS, SHOWN, World, routes

DESK = {"auditor", "lead", "superuser", "auditor's session"}
SUBMITTER = {"submitter", "submitter's session"}

# What an address answers a role. ``tests.security.world`` gives the addresses of a route.
Access = Callable[[World, str, str], int]


def everyone(_world: World, _role: str, _address: str) -> int:
    return 200


def led_on(_world: World, _role: str, _address: str) -> int:
    return 302


def nobody(_world: World, _role: str, _address: str) -> int:
    return 404


def needs_a_parameter(_world: World, _role: str, _address: str) -> int:
    return 400


def what_the_desk_decided(_world: World, role: str, _address: str) -> int:
    """Figures of so few decisions are for the desk, and pages know sessions alone."""
    return 200 if role == "auditor's session" else 404


def by_post(_world: World, _role: str, _address: str) -> int:
    """Whoever may read the list may ask it so: ``test_a_list_asked_by_post_shows_each_role_what_it_may_see``."""
    return 405


def accounts(_world: World, role: str, _address: str) -> int:
    return 401 if role == "anonymous" else 200


def pages_of_accounts(_world: World, role: str, _address: str) -> int:
    """Of one's own alone; pages know sessions alone."""
    return 200 if role.endswith("session") else 403


def rows_of_another(_world: World, role: str, address: str) -> int:
    """The row is of another account."""
    return 401 if role == "anonymous" and "/me/" in address else 404


def takes_posts(_world: World, role: str, _address: str) -> int:
    if role == "anonymous":
        return 401
    return 405 if role in POSTERS else 403


def public_records(_world: World, role: str, address: str) -> int:
    """Records are for everyone, held claims for the desk."""
    is_held = "ocds-claimed" in address or "ocds-mine" in address
    return 200 if role in DESK or not is_held else 404


def public_pages_of_records(_world: World, _role: str, address: str) -> int:
    return 404 if "ocds-claimed" in address or "ocds-mine" in address else 200


def confirmed_flags(world: World, role: str, address: str) -> int:
    shown = {f"/{world.flags[state].pk}/" for state in ("confirmed", "changed")}
    return 200 if role in DESK or any(address.endswith(own) for own in shown) else 404


def own_submissions(world: World, role: str, address: str) -> int:
    if role == "anonymous":
        return 401
    return 200 if role in DESK or (role in SUBMITTER and str(world.mine.pk) in address) else 404


def figures(_world: World, role: str, _address: str) -> int:
    """Tokens do not count here: a supervisor has a secret of its own."""
    return 200 if role == "auditor's session" else 401


def sessions_of_the_desk(_world: World, role: str, _address: str) -> int:
    return 200 if role == "auditor's session" else 404


# Pages, to which no token counts.
PAGES: dict[str, Access] = {
    "favicon.ico": everyone,
    "admin/r/<path:row>": nobody,
    "health/": everyone,
    "health/ready": everyone,
    "metrics": figures,
    "": everyone,
    "<slug:name>.<kind:kind>": everyone,
    "ask/": led_on,
    "search/": everyone,
    "search/feed.atom": everyone,
    "data/<slug:name>.<kind:kind>": nobody,  # no picture of this name
    "data/": everyone,
    "data/catalog.jsonld": everyone,
    "robots.txt": everyone,
    "sitemap.xml": everyone,
    "sitemap-<section>.xml": everyone,
    "submit/": everyone,
    "submit/table/": everyone,
    "submit/status/": everyone,
    "submit/proof/": everyone,
    "reply/": nobody,  # about nothing
    "reply/status/": everyone,
    "process/": nobody,  # without an ocid
    "processes/<ocid:ocid>/<slug:name>.<kind:kind>": nobody,  # no picture of this name
    "processes/<ocid:ocid>/": public_pages_of_records,
    "organizations/<int:pk>/<slug:name>.<kind:kind>": everyone,
    "organizations/<int:pk>/": everyone,
    "compare/<slug:name>.<kind:kind>": nobody,  # no picture of nobody
    "compare/": everyone,
    "countries/<country:country>/<slug:name>.<kind:kind>": everyone,
    "countries/<country:country>/": everyone,
    "countries/<country:country>/<technology:technology>/<slug:name>.<kind:kind>": everyone,
    "countries/<country:country>/<technology:technology>/": everyone,
    "technologies/<technology:technology>/<slug:name>.<kind:kind>": everyone,
    "technologies/<technology:technology>/": everyone,
    "methodology/": everyone,
    "methodology/what-a-flag-is/": everyone,
    "methodology/reader/": everyone,
    "methodology/<rule:code>/": everyone,
    "methodology/<rule:code>/decisions.svg": what_the_desk_decided,
    "methodology/<rule:code>/decisions.csv": what_the_desk_decided,
    "api/v1/guide/": everyone,
    "api/v1/changelog/feed.atom": everyone,
    "search/saved/": pages_of_accounts,
    "search/stop/<str:token>/": nobody,  # the token is not ours
}
PAGE_ROLES = ("anonymous", "auditor", "revoked", "auditor's session", "submitter's session")
# The API, where a token that is not valid is always a 401.
API: dict[str, Access] = {
    "schema/": everyone,
    "docs/": everyone,
    "": everyone,
    "contracting-processes/": everyone,
    "contracting-processes/<ocid:ocid>/": public_records,
    "contracting-processes/<path:ocid>/releases/": public_records,
    "contracting-processes/<path:ocid>/documents/": public_records,
    **{
        f"{rows}.<str:format>": everyone
        for rows in ("contracting-processes", "contracts", "flags", "organizations", "publishers", "rules", "changes")
    },
    "submissions/template/": everyone,
    "contracting-process/": needs_a_parameter,
    "contracting-process/releases/": needs_a_parameter,
    "contracting-process/documents/": needs_a_parameter,
    "dictionary/": everyone,
    "dumps/": everyone,
    "dumps/<str:dump>/<str:name>": nobody,  # no dump of this name
    "exports/": accounts,
    "exports/count/": by_post,
    "exports/<uuid:pk>/": rows_of_another,
    "exports/<uuid:pk>/file/": rows_of_another,
    "changes/": everyone,
    "ocds/releases/": everyone,
    "ocds/records/<ocid:ocid>/": public_pages_of_records,
    "ocds/record/": needs_a_parameter,
    "contracts/": everyone,
    "contract/": needs_a_parameter,
    "flags/": everyone,
    "flags/<int:pk>/": confirmed_flags,
    "organizations/": everyone,
    "organizations/<int:pk>/": everyone,
    "publishers/": everyone,
    "publishers/<slug:slug>/": everyone,
    "publishers/<slug:slug>/coverage/": everyone,
    "rules/": everyone,
    "rules/<str:code>/": everyone,
    "stats/": everyone,
    "submissions/": takes_posts,
    "submissions/simple-contract/": takes_posts,
    "submissions/validate/": takes_posts,
    "submissions/<uuid:pk>/": own_submissions,
    "problems/": everyone,
    "changelog/": everyone,
    "me/usage/": everyone,
    "me/searches/": accounts,
    "me/searches/<int:pk>/": rows_of_another,
    "me/searches/<int:pk>/deliveries/": rows_of_another,
    "me/table-mappings/": accounts,
    "me/table-mappings/<uuid:pk>/": rows_of_another,
    **{
        f"{rows}/search{end}": by_post
        for rows in ("contracting-processes", "contracts", "flags", "organizations", "publishers")
        for end in ("/", ".<str:format>")
    },
    **{f"autocomplete/{kind}/": everyone for kind in ("organizations", "publishers", "rules", "countries")},
    "reconcile/": everyone,
    "reconcile/suggest/entity/": everyone,
    "reconcile/suggest/type/": everyone,
    "reconcile/suggest/property/": everyone,
    "reconcile/extend/propose/": everyone,
    "reconcile/flyout/": needs_a_parameter,
}
# Pages of the desk that are not of the admin: they are not there for others.
DESK_PAGES = dict.fromkeys(
    (
        "documents/<sha256:sha256>/pages/<int:number>",
        "documents/<sha256:sha256>/pages/<int:number>.png",
        "documents/<sha256:sha256>/copy",
    ),
    sessions_of_the_desk,
)
ROUTES = PAGES | DESK_PAGES | {f"api/v1/{route}": access for route, access in API.items()}
# What takes a POST, and of whom; everything else answers 405 to whoever is known.
POSTED = {"api/v1/submissions/", "api/v1/submissions/simple-contract/", "api/v1/submissions/validate/"}
# Pages with a form for everyone, and Django's view of a sitemap, which reads whatever the method is.
FORMS = {"submit/", "submit/table/", "submit/status/", "submit/proof/", "reply/", "reply/status/"}
SITEMAPS = {"sitemap.xml", "sitemap-<section>.xml"}
POSTERS = {"submitter", "lead", "superuser", "submitter's session"}

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
    "audits_goldenanswer": (LEADS, LEADS, LEADS),
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
    "contracts_submission": ({*READERS, groups.SUBMITTERS}, SENDERS, {*READERS, groups.SUBMITTERS}),
    "contracts_trailentry": (LEADS, NOBODY, LEADS),
}
DELETERS = {"auth_group": {"superuser"}, "auth_user": {"superuser"}}
ACTIONS = {
    "audits_flag": {"decide_together": READERS, "decide_contracts": READERS, "assign_to_me": READERS},
    "audits_reply": {"erase": LEADS},
    "auth_group": {"delete_selected": {"superuser"}},
    "auth_user": {"delete_selected": {"superuser"}},
    "contracts_apitoken": {"revoke": ALL},  # of one's own; a lead, of all
    "contracts_document": {"publish": LEADS, "withdraw": LEADS},
    "contracts_publishergrant": {"end": LEADS},
    "contracts_submission": {"erase": SENDERS, "erase_with_records": LEADS, "retry": LEADS},
}
# Pages of the admin that are of no model, for the staff; what stands on them depends on who reads them.
ADMIN_PAGES = {"", "login/", "logout/", "password_change/", "password_change/done/", "autocomplete/", "jsi18n/"}
ADMIN_PAGES |= {"second-factor/", "second-factor/mine/", "second-factor/people/"}
ADMIN_PAGES |= {f"second-factor/passkeys/{step}/" for step in ("new", "made", "ask", "given")}
ADMIN_PAGES |= {"r/<path:content_type_id>/<path:object_id>/", "auth/user/<id>/password/"}
ADMIN_PAGES |= {"auth/user/<int:pk>/invite/", "auth/user/<int:pk>/token/", "invited/<uidb64>/<token>/"}
ADMIN_PAGES |= {"audits/blindreview/next/"}
ADMIN_PAGES |= {"^(?P<app_label>contracts|auth|audits)/$", "(?P<url>.*)$"}
# Pages of a flag beside its own, for those who read flags.
FLAG_PAGES = {
    "saved/",
    "<int:pk>/undo/",
    "<int:pk>/desk/",
    "<int:pk>/note/",
    "<int:pk>/case/",
    "<int:pk>/case.json",
    "together/",
    "together/<uuid:batch>/",
}
# Pages of what rules withhold, for those who read audits.
WITHHELD_PAGES = {"withheld/", "withheld/<str:code>/<int:process_id>/"}
KINDS = {"", "add/", *(f"<path:object_id>/{kind}" for kind in ("history/", "delete/", "change/", ""))}


def text_of(answer) -> str:
    return (b"".join(answer) if answer.streaming else answer.content).decode("utf-8", "replace")


def test_every_address_has_an_entry():
    known = {route for route, _pattern in routes()}
    entries = {f"admin/{page.replace('_', '/', 1)}/{kind}" for page in ADMIN for kind in KINDS}
    entries |= {f"admin/audits/flag/{page}" for page in FLAG_PAGES}
    entries |= {f"admin/audits/audit/{page}" for page in WITHHELD_PAGES}
    assert known == ROUTES.keys() | entries | {f"admin/{page}" for page in ADMIN_PAGES}
    assert ADMIN.keys() == {f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry}


@pytest.mark.parametrize("role", ROLES)
def test_the_api_and_the_pages_answer_each_role_as_their_entry_says(world, role):
    client, differing, leaking, shown = world.client(role), [], [], 0
    asked = ROUTES if role in PAGE_ROLES else {f"api/v1/{route}": access for route, access in API.items()}
    for route, access in asked.items():
        is_refused = role in BAD_TOKENS and route.startswith("api/") and route not in PAGES
        for address in world.addresses(route):
            answer = client.get(address)
            expected = 401 if is_refused else access(world, role, address)
            if answer.status_code != expected:
                differing.append((address, expected, answer.status_code))
            text = text_of(answer)
            shown += SHOWN in text
            if role not in DESK or route in PAGES:
                leaking += [(address, word) for word in HIDDEN if word in text]
    assert (differing, leaking) == ([], [])
    # The words are looked for where they stand: a confirmed flag shows its own, the desk sees the hidden ones.
    assert shown > 2 or role in BAD_TOKENS - set(PAGE_ROLES)
    if role in DESK:
        assert HIDDEN[0] in text_of(client.get("/api/v1/flags/"))


@pytest.mark.parametrize("role", ROLES)
def test_a_list_asked_by_post_shows_each_role_what_it_may_see(world, role):
    client, differing = world.client(role), []
    for route in (route for route in API if route.endswith("/search/")):
        address = f"/api/v1/{route}"
        listed = client.get(address.removesuffix("search/"), {"limit": 100})
        posted = client.post(address, {"limit": 100}, format="json")
        if posted.status_code != listed.status_code:
            differing.append((address, listed.status_code, posted.status_code))
        elif listed.status_code == 200 and posted.json()["results"] != listed.json()["results"]:
            differing.append((address, "other rows"))
    assert differing == []


@pytest.mark.parametrize("role", ROLES)
def test_an_export_holds_for_each_role_what_it_may_see(world, role, settings, tmp_path):
    settings.VEEDOR_DUMPS = tmp_path
    client, leaking = world.client(role), []
    for table in TABLES:
        asked = client.post("/api/v1/exports/", {"list": table.name, "format": "jsonl"}, format="json")
        assert asked.status_code == (401 if role in BAD_TOKENS else 202)
        if role not in BAD_TOKENS:
            write_due()
            written = text_of(client.get(f"{asked['Location']}file/"))
            assert (
                written.rpartition('{"_end"')[0]
                == text_of(client.get(f"/api/v1/{table.name}.jsonl")).rpartition('{"_end"')[0]
            )
            if role not in DESK:
                leaking += [(table.name, word) for word in HIDDEN if word in written]
    assert leaking == []


@pytest.mark.parametrize(
    "role", ["anonymous", "journalist", "submitter", "superuser", "revoked", "submitter's session"]
)
def test_wrong_methods_change_nothing(world, role):
    client, differing = world.client(role), []
    for route in ROUTES:
        address = world.addresses(route)[0]
        for method in ("post", "put", "patch", "delete"):
            status = getattr(client, method)(address).status_code
            allowed = {405}
            if route.endswith(("<str:format>", "<str:name>", ".atom")):
                allowed = {401, 404, 405}  # a format is looked for before the method; files have no slash
                allowed |= {400, 415} if "/search." in route else set()  # reads by POST too, but no empty body
            elif route == "api/v1/reconcile/" or (route.startswith("api/") and route.endswith("/search/")):
                allowed = {400, 401, 405, 415}  # reads by POST too, whoever asks
            elif route.startswith("api/v1/exports/"):
                allowed = {400, 401, 404, 405, 415}  # for everyone; an empty body, or of another account
            elif "/me/searches/" in route or "/me/table-mappings/" in route:
                allowed = {400, 401, 403, 404, 405, 415, 422}  # an empty body, or of another account
            elif route == "search/saved/":
                allowed = {302, 403, 405}  # an empty form changes nothing
            elif route.startswith("search/stop/"):
                allowed = {404, 405}  # the token is not ours
            elif route == "api/v1/submissions/template/":
                allowed = {401, 405}  # for everyone, so that nobody is asked who they are
            elif route.startswith("api/") and route not in PAGES:
                allowed = {401} if role in {"anonymous", *BAD_TOKENS} else {405, 403}
                if method == "post" and route in POSTED and role in POSTERS:
                    allowed = {400, 411, 415, 422}  # an empty body
            elif route.startswith("admin/"):
                allowed = {404, 405}
            elif method == "post" and route in FORMS:
                allowed = {200, 400, 403, 404, 422}  # an empty form, or a reply to nothing
            elif route in SITEMAPS:
                allowed = {200}
            if status not in allowed:
                differing.append((method, address, status))
    # Schema and description know nobody and refuse every method alike.
    assert [entry for entry in differing if entry[1] not in {"/api/v1/schema/", "/api/v1/docs/"}] == []


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_and_actions_of_the_admin_open_for_those_whom_their_entry_names(world, role):
    client, differing, leaking = world.session(role), [], []
    for page, (lists, adds, rows) in ADMIN.items():
        pk = world.rows[page].pk
        openers = {
            "changelist": lists,
            "add": adds,
            "change": rows,
            "history": rows,
            "delete": DELETERS.get(page, NOBODY),
        }
        for kind, who in openers.items():
            address = reverse(f"admin:{page}_{kind}", args=[] if kind in {"changelist", "add"} else [pk])
            answer = client.get(address)
            if (answer.status_code == 200) != (role in who) or answer.status_code not in {200, 302, 403}:
                differing.append((address, answer.status_code))
            if role not in READERS:
                leaking += [(address, word) for word in HIDDEN if word in text_of(answer)]
    assert (differing, leaking) == ([], [])


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_of_a_flag_open_for_those_who_read_flags(world, role):
    client, flag = world.session(role), world.flags["new"]
    for page, known in ((f"{flag.pk}/case/", 200), (f"{flag.pk}/case.json", 200), (f"together/{uuid4()}/", 404)):
        answer = client.get(f"/admin/audits/flag/{page}")
        assert answer.status_code in ({known} if role in READERS else {302, 403}), page
        assert role in READERS or not [word for word in HIDDEN if word in text_of(answer)]


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_of_what_is_withheld_open_for_those_who_read_audits(world, role):
    client, process = world.session(role), world.flags["new"].process_id
    for page in ("withheld/?rule=T01", f"withheld/T01/{process}/"):
        answer = client.get(f"/admin/audits/audit/{page}")
        assert answer.status_code in ({200} if role in READERS else {302, 403}), page
        assert role in READERS or not [word for word in HIDDEN if word in text_of(answer)]


@pytest.mark.parametrize("role", [session for session in SESSIONS if session != "anonymous"])
def test_actions_are_offered_to_those_whom_their_entry_names(world, role):
    request = RequestFactory().get("/")
    request.user = world.people[role]
    for model, model_admin in admin.site._registry.items():
        page = f"{model._meta.app_label}_{model._meta.model_name}"
        expected = {name for name, who in ACTIONS.get(page, {}).items() if role in who}
        assert set(model_admin.get_actions(request)) == expected, page


@pytest.mark.parametrize("role", ["auditor", "revoked", "unknown token"])
def test_no_token_opens_the_admin(world, role):
    client = world.client(role)
    for page in ADMIN:
        assert client.get(reverse(f"admin:{page}_changelist")).status_code == 302
