"""
The access matrix: every address of the site, for every role; the pages of the admin are in ``test_matrix_admin``,
what is sent to them in ``test_matrix_posts`` and ``test_matrix_forms``.

The addresses come from the URL resolver and the pages from the admin's registry, so a new one fails here until its
entry says who reaches it. No answer tells a word of a flag, a decision or a claim to who may not know it.
"""

from collections.abc import Callable

import pytest
from django.contrib import admin

from audits.dumps.tables import TABLES
from audits.exporting.writing import write_due
from tests.security.admin_entries import ADMIN, ADMIN_PAGES, FLAG_PAGES, KINDS, WITHHELD_PAGES
from tests.security.world import BAD_TOKENS, FORMS, HIDDEN, POSTED, POSTERS, ROLES, SHOWN, World, routes, text_of

DESK = {"auditor", "lead", "superuser", "auditor's session"}
SUBMITTER = {"submitter", "submitter's session"}

# What an address answers a role. ``tests.security.world`` gives the addresses of a route.
Access = Callable[[World, str, str], int]


def everyone(_world: World, _role: str, _address: str) -> int:
    return 200


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


def accounts_that_follow(world: World, role: str, address: str) -> int:
    """A token that only reads may stand in a shared script: it must not tell what its account looks into."""
    return 403 if role == "auditor without scope" else accounts(world, role, address)


def searches_of_another(world: World, role: str, address: str) -> int:
    return 403 if role == "auditor without scope" else rows_of_another(world, role, address)


def rows_of_another(_world: World, role: str, address: str) -> int:
    """The row is of another account."""
    return 401 if role == "anonymous" and "/me/" in address else 404


def takes_posts(_world: World, _role: str, _address: str) -> int:
    return 405


def public_records(_world: World, role: str, address: str) -> int:
    """Records are for everyone, held claims for the desk."""
    is_held = "ocds-claimed" in address or "ocds-mine" in address
    return 200 if role in DESK or not is_held else 404


def public_pages_of_records(_world: World, _role: str, address: str) -> int:
    return 404 if "ocds-claimed" in address or "ocds-mine" in address else 200


def confirmed_flags(world: World, role: str, address: str) -> int:
    shown = {f"/{world.flags[state].pk}/" for state in ("confirmed", "changed")}
    return 200 if role in DESK or any(address.removesuffix("signed.json").endswith(own) for own in shown) else 404


def pages_of_confirmed_flags(world: World, _role: str, address: str) -> int:
    return confirmed_flags(world, "anonymous", address)


def own_submissions(world: World, role: str, address: str) -> int:
    if role == "anonymous":
        return 401
    return 200 if role in DESK or (role in SUBMITTER and str(world.mine.pk) in address) else 404


def figures(_world: World, role: str, _address: str) -> int:
    """Tokens do not count here: a supervisor has a secret of its own."""
    return 200 if role == "auditor's session" else 401


def sessions_of_the_desk(_world: World, role: str, _address: str) -> int:
    return 200 if role == "auditor's session" else 404


def unpublished_documents(_world: World, role: str, _address: str) -> int:
    return 200 if role in DESK else 404


# Pages, to which no token counts.
PAGES: dict[str, Access] = {
    "favicon.ico": everyone,
    "admin/r/<path:row>": nobody,
    "health/": everyone,
    "health/ready": everyone,
    "metrics": figures,
    "": everyone,
    "<slug:name>.<kind:kind>": everyone,
    "search/": everyone,
    "search/feed.atom": everyone,
    "data/<slug:name>.<kind:kind>": nobody,  # no picture of this name
    "data/": everyone,
    "data/catalog.jsonld": everyone,
    "robots.txt": everyone,
    ".well-known/security.txt": nobody,  # without a contact
    "sitemap.xml": everyone,
    "sitemap-<section>.xml": everyone,
    "submit/": everyone,
    "submit/table/": everyone,
    "submit/status/": everyone,
    "submit/proof/": everyone,
    "reply/": nobody,  # about nothing
    "reply/status/": everyone,
    "process/": nobody,  # without an ocid
    "process/earlier/": nobody,
    "process/earlier.json": nobody,
    "process/signed.json": nobody,
    "signed/": everyone,
    "processes/<ocid:ocid>/<slug:name>.<kind:kind>": nobody,  # no picture of this name
    "processes/<ocid:ocid>/": public_pages_of_records,
    "corrections/": everyone,
    "corrections/feed.atom": everyone,
    "flags/": everyone,
    "flags/<int:pk>/": pages_of_confirmed_flags,
    "flags/<int:pk>/signed.json": pages_of_confirmed_flags,
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
    "methodology/lists/": everyone,
    "methodology/lists/<slug:code>/": nobody,  # no list of this code
    "methodology/<rule:code>/": everyone,
    "methodology/<rule:code>/texts/<slug:digest>/": everyone,
    "methodology/<rule:code>/decisions.svg": what_the_desk_decided,
    "methodology/<rule:code>/decisions.csv": what_the_desk_decided,
    "methodology/<rule:code>/decisions.xlsx": what_the_desk_decided,
    "methodology/<rule:code>/decisions.json": what_the_desk_decided,
    "api/v1/guide/": everyone,
    "api/v1/changelog/feed.atom": everyone,
    "search/saved/": pages_of_accounts,
    "search/stop/<str:token>/": nobody,  # the token is not ours
    "summary/stop/<str:token>/": nobody,
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
    "documents/<sha256:sha256>/text/": unpublished_documents,
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
    "contracts/sums/": everyone,
    "contracts/sums.<str:format>": everyone,
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
    **{f"{rows}{end}": everyone for rows in ("lists", "rule-sets") for end in ("/", ".<str:format>")},
    **{f"lists/<slug:code>{end}": nobody for end in ("/", ".<str:format>")},  # no list of this code
    "stats/": everyone,
    "decision-logs/": everyone,
    "submissions/": takes_posts,
    "submissions/simple-contract/": takes_posts,
    "submissions/validate/": takes_posts,
    "submissions/<uuid:pk>/": own_submissions,
    "problems/": everyone,
    "changelog/": everyone,
    "me/usage/": everyone,
    "me/searches/": accounts_that_follow,
    "me/searches/<int:pk>/": searches_of_another,
    "me/searches/<int:pk>/deliveries/": searches_of_another,
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
SITEMAPS = {"sitemap.xml", "sitemap-<section>.xml"}


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
            elif route.startswith(("search/stop/", "summary/stop/")):
                allowed = {404, 405}  # the token is not ours
            elif route == "api/v1/submissions/template/":
                allowed = {401, 405}  # for everyone, so that nobody is asked who they are
            elif route.startswith("api/") and route not in PAGES:
                # A method that an address does not have is told to strangers too.
                takes = method == "post" and route in POSTED
                allowed = {401} if role in BAD_TOKENS or (role == "anonymous" and takes) else {405, 403}
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
