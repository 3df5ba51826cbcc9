"""
The access matrix of what is sent to the admin: every form and action, for every role.

Pages and actions come from the admin's registry and the URL resolver, as in ``test_matrix``: one without an entry is
for nobody, and fails here because somebody may. Where a role may not, not a row of the database changes.
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode

from audits import groups
from audits.admin.deciding.together import together_url
from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.models import Claim
from contracts.trail import Action, record
from tests.security.admin_entries import (
    ACTIONS,
    ADMIN,
    ADMIN_PAGES,
    ALL,
    DELETERS,
    FLAG_PAGES,
    LEADS,
    NOBODY,
    READERS,
    WITHHELD_PAGES,
)
from tests.security.unchanged import stored, undone
from tests.security.world import FORMS, POSTED, SESSIONS, World
from tests.support.clients import Client

pytestmark = pytest.mark.usefixtures("nudged")

# Who sends the form of a row; where a page has no entry, nobody does.
CHANGERS = {
    **dict.fromkeys(("audits_flag", "audits_reply", "contracts_claim", "contracts_receipt"), READERS),
    **dict.fromkeys(
        (
            *("audits_lexiconterm", "audits_publiclist", "audits_watchlist", "audits_watchlistentry"),
            *("audits_ruleoverride", "audits_rulestate", "audits_foureyeswaiver", "audits_suppression"),
            *("audits_knownanswer", "contracts_intakepolicy", "contracts_publisher", "contracts_retentionpolicy"),
            *("contracts_samebody", "contracts_sameprocess"),
        ),
        LEADS,
    ),
    **DELETERS,
    "auth_user": LEADS,
}
# Actions that open a page of their own, where something is done then.
OPENING = {"decide_together", "decide_contracts"}
# What a row must be for an action to do something to it.
STATES: dict[str, Callable[[World], dict[str, Any]]] = {
    "retry": lambda _world: {"failed_at": timezone.now(), "processed_at": None},
    "publish": lambda world: {"cleaned": world.mine.content_id},
    "withdraw": lambda world: {
        "cleaned": world.mine.content_id,
        "published_on": timezone.now().date(),
        "published_by": world.secret_auditor,
    },
}
# Pages of the admin beside those of models: who may send what is refused to others. Django's own are for those who are
# signed in, and change nothing without the password, or only one's own session.
OWN_PAGES: dict[str, set[str]] = {
    "audits/flag/<int:pk>/desk/": READERS,
    "audits/flag/<int:pk>/note/": READERS,
    "audits/flag/<int:pk>/comment/": READERS,
    "audits/flag/<int:pk>/undo/": READERS,  # one's own decision alone
    "audits/flag/saved/": READERS,
    "audits/flag/<int:pk>/case/": READERS,
    "audits/flag/<int:pk>/case.json": READERS,
    "audits/flag/together/": READERS,
    "audits/flag/together/<uuid:batch>/": LEADS,  # one of another person
    "audits/blindreview/next/": READERS,
    "audits/review/decisions.xlsx": NOBODY,  # read, not sent
    "audits/rulestate/rules/": NOBODY,  # read, not sent
    "contracts/claim/together/": READERS,
    "audits/audit/withheld/": READERS,
    "audits/audit/withheld/<str:code>/<int:process_id>/": READERS,
    "auth/user/<id>/password/": {"superuser"},
    "auth/user/<int:pk>/invite/": LEADS,
    "auth/user/<int:pk>/token/": LEADS,
    "invited/<uidb64>/<token>/": set(SESSIONS),  # a token that is not ours
    **dict.fromkeys(("", "password_change/"), ALL),
    **dict.fromkeys(("autocomplete/", "password_change/done/", "jsi18n/"), NOBODY),
    "login/": set(SESSIONS),
    "second-factor/people/": LEADS,
    "summary/": READERS,
    **dict.fromkeys(("second-factor/", "second-factor/mine/", "second-factor/link/<str:token>/"), ALL),
    **{f"second-factor/passkeys/{step}/": ALL for step in ("new", "made", "ask", "given")},
    "logout/": set(SESSIONS),
    "r/<path:content_type_id>/<path:object_id>/": NOBODY,
    "^(?P<app_label>contracts|auth|audits)/$": ALL,
    "(?P<url>.*)$": NOBODY,
}


def is_refused(answer) -> bool:
    """Whether an answer of the admin says that the role may not."""
    return answer.status_code in {403, 404, 405} or "/admin/login/" in answer.get("Location", "")


@pytest.mark.parametrize("role", SESSIONS)
def test_admin_forms_are_accepted_only_from_the_roles_of_their_entry(world, role):
    client, differing, before = world.session(role), [], stored()
    for model in admin.site._registry:
        page = f"{model._meta.app_label}_{model._meta.model_name}"
        senders = {"add": ADMIN[page][1], "change": CHANGERS.get(page, NOBODY), "delete": DELETERS.get(page, NOBODY)}
        for kind, who in senders.items():
            address = reverse(f"admin:{page}_{kind}", args=[] if kind == "add" else [world.rows[page].pk])
            if role not in who:
                answer = client.post(address, {"post": "yes"})
            else:
                with undone():
                    answer = client.post(address, {"post": "yes"})
            if is_refused(answer) != (role not in who) or answer.status_code >= 500:
                differing.append((address, answer.status_code))
    assert differing == []
    assert stored() == before


@pytest.mark.parametrize("role", SESSIONS)
def test_actions_work_only_for_the_roles_of_their_entry(world, role):
    client, differing, before = world.session(role), [], stored()
    for page, actions in ACTIONS.items():
        for name, who in actions.items():
            sent = {"action": name, "_selected_action": [str(world.rows[page].pk)], "confirmed": "yes", "post": "yes"}
            does = role in who & ADMIN[page][2]  # who does not see the row does nothing to it
            with undone():
                as_it_was = before
                if name in STATES:
                    type(world.rows[page]).objects.filter(pk=world.rows[page].pk).update(**STATES[name](world))
                    as_it_was = stored()
                answer = client.post(reverse(f"admin:{page}_changelist"), sent)
                has_done = "together/" in answer.get("Location", "") if name in OPENING else stored() != as_it_was
            if has_done != does or answer.status_code >= 500:
                differing.append((page, name, answer.status_code, has_done))
    assert differing == []
    assert stored() == before


def own_pages(world: World) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return for each page of the admin that is of no model an address, and what is sent to it."""
    flag = Flag.objects.filter(pk=world.flags["new"].pk)
    seen = f"{flag.get().pk}:{flag.get().shown_digest}:"
    batch = uuid4()
    decided = world.flags[Review.Decision.NEEDS_INFORMATION]
    decided.refresh_from_db()
    of_another = {"flag": decided, "reviewer": world.secret_auditor, "decision": Review.Decision.DISMISSED}
    review_flag(**of_another, reason="Seen.", batch=batch)
    decision = {"decision": "dismissed", "reason": "No.", "seen": seen, "apply": "yes"}
    claim = Claim.objects.held().first().pk
    person = world.people[groups.JOURNALISTS]
    invited = User.objects.create_user(f"invited-{batch}")  # works by no token yet
    record(None, Action.INVITED, invited)
    password = {
        "password1": "a-new-Passw0rd-of-a-test",
        "password2": "a-new-Passw0rd-of-a-test",
        "usable_password": "true",
    }
    return {
        "audits/flag/<int:pk>/desk/": (
            f"audits/flag/{flag.get().pk}/desk/",
            {"assignee": str(world.secret_auditor.pk)},
        ),
        "audits/flag/<int:pk>/note/": (f"audits/flag/{flag.get().pk}/note/", {"text": "Preguntar al archivo."}),
        "audits/flag/<int:pk>/comment/": (
            f"audits/flag/{flag.get().pk}/comment/",
            {"person": "Archivo", "how": "letter", "asked_on": "2026-01-15"},
        ),
        "audits/flag/<int:pk>/undo/": (f"audits/flag/{decided.pk}/undo/", {}),
        "audits/flag/saved/": ("audits/flag/saved/", {"name": "Grave", "query": "severity=high"}),
        "audits/audit/withheld/": ("audits/audit/withheld/", {}),
        "audits/audit/withheld/<str:code>/<int:process_id>/": (
            f"audits/audit/withheld/T01/{flag.get().process_id}/",
            {},
        ),
        "audits/flag/<int:pk>/case/": (f"audits/flag/{flag.get().pk}/case/", {}),
        "audits/flag/<int:pk>/case.json": (f"audits/flag/{flag.get().pk}/case.json", {}),
        "audits/flag/together/": (together_url(flag, "").removeprefix("/admin/"), decision),
        "audits/flag/together/<uuid:batch>/": (f"audits/flag/together/{batch}/", {}),
        "audits/review/decisions.xlsx": ("audits/review/decisions.xlsx", {}),
        "auth/user/<id>/password/": (f"auth/user/{person.pk}/password/", password),
        "auth/user/<int:pk>/invite/": (f"auth/user/{invited.pk}/invite/", {}),
        "auth/user/<int:pk>/token/": (f"auth/user/{invited.pk}/token/", {"name": "Nightly", "scopes": ["read"]}),
        "invited/<uidb64>/<token>/": (f"invited/{urlsafe_base64_encode(b'1')}/forged/", password),
        "second-factor/link/<str:token>/": ("second-factor/link/forged/", {}),
        "r/<path:content_type_id>/<path:object_id>/": ("r/1/1/", {}),
        "^(?P<app_label>contracts|auth|audits)/$": ("contracts/", {}),
        "(?P<url>.*)$": ("nothing/here/", {}),
        **{page: (page, {}) for page in ADMIN_PAGES if page.endswith("/") and "<" not in page},
        "contracts/claim/together/": (
            f"contracts/claim/together/?claims={claim}",
            {"claims": f"{claim}:", "kind": "rejected", "reason": "No."},
        ),
        "": ("", {}),
    }


# Those of which something is done.
DOING = {
    "auth/user/<int:pk>/invite/",
    "auth/user/<int:pk>/token/",
    "second-factor/passkeys/new/",  # the handle that passkeys of a person have
    "audits/flag/<int:pk>/desk/",
    "audits/flag/<int:pk>/note/",
    "audits/flag/<int:pk>/comment/",
    "audits/flag/saved/",
    "audits/flag/together/",
    "audits/flag/together/<uuid:batch>/",
    "auth/user/<id>/password/",
    "contracts/claim/together/",
}


@pytest.mark.parametrize("role", SESSIONS)
def test_pages_of_the_admin_that_are_of_no_model_do_nothing_for_others(world, role):
    pages, differing = own_pages(world), []
    assert pages.keys() == OWN_PAGES.keys()
    of_models = {"flag": FLAG_PAGES, "audit": WITHHELD_PAGES}
    beside = {f"audits/{model}/{page}" for model, found in of_models.items() for page in found}
    assert OWN_PAGES.keys() == ADMIN_PAGES | beside
    clients = {page: world.session(role) for page in pages}  # one of them logs out
    before = stored()
    for page, (address, sent) in pages.items():
        with undone():
            answer = clients[page].post(f"/admin/{address}", sent)
            has_done = stored() != before
        if has_done != (page in DOING and role in OWN_PAGES[page]):
            differing.append((page, answer.status_code, has_done))
        if is_refused(answer) != (role not in OWN_PAGES[page]) or answer.status_code >= 500:
            differing.append((page, answer.status_code))
    assert differing == []


def test_without_the_token_of_its_form_no_page_takes_anything(world):
    """Another site can make a browser that is signed in send a form, and cannot know the token that comes with it."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["superuser"])
    addresses = [f"/admin/{address}" for page, (address, _) in own_pages(world).items() if page != "(?P<url>.*)$"]
    for page in ADMIN:
        kinds = {"changelist": [], "add": [], "change": [world.rows[page].pk], "delete": [world.rows[page].pk]}
        addresses += [reverse(f"admin:{page}_{kind}", args=arguments) for kind, arguments in kinds.items()]
    addresses += [f"/{route}" for route in POSTED | FORMS]
    before, taken = stored(), []
    for address in addresses:
        answer = client.post(address, {"post": "yes"})
        if answer.status_code not in {403, 404}:
            taken.append((address, answer.status_code))
    assert taken == []
    assert stored() == before
