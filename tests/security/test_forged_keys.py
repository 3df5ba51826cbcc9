"""Every page of the admin, Django's own too, asked for rows, pages and filters that cannot be: never a 500."""

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import URLPattern

pytestmark = pytest.mark.django_db
NUMBER = "9" * 40
TICKED = {"action": "delete_selected", "index": "0", "post": "yes"}
KEYS = ["\x00", NUMBER, "abc"]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
# What a page may answer for a row that is none: it leads on with a message, cannot be asked so, or is not there.
NO_ROW = {302, 400, 403, 404, 405}


def address_of(model) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


def pages_of_a_row(model) -> list[str]:
    """The ends of the addresses that lead to pages of one row."""
    patterns = (url.pattern for url in admin.site._registry[model].get_urls() if isinstance(url, URLPattern))
    ends = {str(pattern).partition(">")[2].strip("/$") for pattern in patterns if str(pattern).startswith("<")}
    return sorted(end for end in ends if "<" not in end)


def parameters_of_a_list(model) -> list[str]:
    model_admin = admin.site._registry[model]
    filters = [entry[0] if isinstance(entry, tuple) else entry for entry in model_admin.list_filter]
    names = [entry if isinstance(entry, str) else getattr(entry, "parameter_name", "") for entry in filters]
    hierarchy = model_admin.date_hierarchy
    days = [f"{hierarchy}__{part}" for part in ("year", "gte")] if hierarchy else []
    return ["id", "pk__in", "p", "o", "e", *filter(None, names), *(f"{name}__exact" for name in names if name), *days]


def test_the_pages_of_django_are_among_those_that_are_asked():
    assert {"auth.group", "auth.user"} <= {model._meta.label_lower for model in MODELS}
    user = get_user_model()
    assert {"change", "delete", "history", "password"} <= set(pages_of_a_row(user))
    assert "at__year" in " ".join(name for model in MODELS for name in parameters_of_a_list(model))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
class TestForged:
    def test_an_unknown_row(self, superuser, model):
        base, answers = address_of(model), {}
        for key in KEYS:
            for page in pages_of_a_row(model):
                address = f"{base}{quote(key)}/{page}/"
                answers[address] = superuser.get(address).status_code
            answers[f"POST {key!r}"] = superuser.post(f"{base}{quote(key)}/change/", {"post": "yes"}).status_code
        assert {address: status for address, status in answers.items() if status not in NO_ROW} == {}

    def test_unknown_rows_that_were_ticked(self, superuser, model):
        base, answers = address_of(model), {}
        for key in ("\x00", "a\x00b", "abc"):
            answers[key] = superuser.post(base, TICKED | {"_selected_action": [key]}).status_code
        assert {key: status for key, status in answers.items() if status >= 500} == {}

    def test_parameters_that_say_nothing(self, superuser, model):
        base = address_of(model)
        queries = [f"?{name}={value}" for name in parameters_of_a_list(model) for value in (NUMBER, "abc")]
        filled = "&".join(f"{field.name}={NUMBER}" for field in model._meta.concrete_fields)
        # What is no text, in each column: some hold bytes, or arrays.
        queries += [f"?{field.name}{how}=%80" for field in model._meta.concrete_fields for how in ("", "__gt")]
        queries += ["?q=%00", f"?q={'a' * 5000}", f"add/?{filled}"]
        answers = {query: superuser.get(f"{base}{query}").status_code for query in queries}
        assert {query: status for query, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("name", ["group", "user"])
def test_unknown_rows_that_were_ticked_change_nothing_and_are_reported(superuser, name):
    Group.objects.create(name="Interns")
    page = superuser.post(f"/admin/auth/{name}/", TICKED | {"_selected_action": ["a\x00b"]}, follow=True)
    assert "The selection contains none of these rows; nothing was changed." in page.content.decode()
    assert (Group.objects.filter(name="Interns").count(), get_user_model().objects.count()) == (1, 1)


def test_a_group_that_is_ticked_is_deleted(superuser):
    group = Group.objects.create(name="Interns")
    assert superuser.post("/admin/auth/group/", TICKED | {"_selected_action": [group.pk]}).status_code == 302
    assert not Group.objects.filter(name="Interns").exists()


def test_a_year_that_no_date_has_leads_to_the_list(superuser):
    answer = superuser.get(f"/admin/contracts/trailentry/?at__year={NUMBER}")
    assert (answer.status_code, answer.url) == (302, "/admin/contracts/trailentry/?e=1")
    assert superuser.get("/admin/contracts/trailentry/?at__year=2026").status_code == 200
