"""Every list of the API takes its parameters at their word: found by its routes, so that a new list is held to it."""

import re
from base64 import urlsafe_b64encode
from types import SimpleNamespace

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from audits.engine import processes
from contracts.api.converting import ConvertedRow
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.rows.columns import fields_of
from contracts.api.protocol.rows.including import MEMBER
from contracts.models import ContractingProcess, Publisher
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
OF_THEIR_OWN_SHAPE = ("/changes/", "/sums/", "/lists/", "/lists/<slug:code>/", "/rule-sets/")


def lists(resolver, prefix="/"):
    """Yield ``(address, view)`` of each route that answers with results."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        # The same list in another format, and a list of a shape of its own: they have tests of their own.
        if "<str:format>" in path or path.endswith(OF_THEIR_OWN_SHAPE):
            continue
        if isinstance(pattern, URLResolver):
            yield from lists(pattern, path)
        elif isinstance(pattern, URLPattern) and path.startswith("/api/v1/"):
            view = getattr(pattern.callback, "view_class", None)
            if (
                view is not None
                and hasattr(view, "get")
                and "get" in view.http_method_names
                and (issubclass(view, ListView) or "results" in fields_of_view(view))
            ):
                yield re.sub(r"<[^>]*ocid>", "ocds-test01-1", path), view


def fields_of_view(view):
    serializer = getattr(view, "serializer_class", None)
    return fields_of(serializer) if serializer else {}


def fields_of_row(view):
    results = fields_of_view(view).get("results")
    fields = fields_of(type(results.child)) if results else fields_of_view(view)
    # Without those that are there if they are asked for.
    return [name for name in fields if name not in {MEMBER, "cite", *fields_of(ConvertedRow)}]


# The first route of an address answers.
FIRST = dict(reversed(list(lists(get_resolver()))))
LISTS = [pytest.param(address, view, id=address) for address, view in FIRST.items()]
BY_OCID = "/api/v1/contracting-process/releases/"


def parameters_of(view):
    asked = view()
    asked.request = SimpleNamespace(accepted_renderer=SimpleNamespace(format="json"))
    return sorted(asked.known_parameters() - {"format"})


PARAMETERS = [
    pytest.param(address, view, name, id=f"{address}?{name}")
    for address, view in FIRST.items()
    for name in parameters_of(view)
]


@pytest.fixture
def rows(settings):
    """What each list has a row of."""
    settings.VEEDOR_PUBLICATION = "all"
    Publisher.objects.create(slug="mx", name="México", country="MX")
    load(release())
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))


def get(address, **parameters):
    own = {"ocid": "ocds-test01-1"} if address == BY_OCID else {}
    return APIClient().get(address, {**own, **parameters})


def refused(answer):
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    return answer.json()["errors"][0]


def test_all_lists_are_found():
    assert FIRST.keys() == {
        f"/api/v1/{name}/"
        for name in (
            "contracting-processes",
            "contracting-processes/ocds-test01-1/releases",
            "contracting-process/releases",
            "contracts",
            "flags",
            "organizations",
            "problems",
            "publishers",
            "rules",
        )
    }


@pytest.mark.parametrize(("address", "view"), LISTS)
def test_fields_and_omit_select_columns(rows, address, view):
    names = fields_of_row(view)
    every = get(address).json()["results"]
    assert every
    assert list(every[0]) == names
    first, last = names[0], names[-1]
    chosen = get(address, fields=f"{last}, {first}").json()["results"]
    assert chosen == [{name: row[name] for name in (first, last)} for row in every]
    left = get(address, omit=first).json()["results"]
    assert left == [{name: row[name] for name in names[1:]} for row in every]
    assert get(address, fields=first, omit=last).json()["results"] == [{first: row[first]} for row in every]


@pytest.mark.parametrize("parameter", ["fields", "omit"])
@pytest.mark.parametrize(("address", "view"), LISTS)
def test_an_unknown_field_is_refused_with_the_nearest(rows, address, view, parameter):
    for name in fields_of_row(view):
        error = refused(get(address, **{parameter: f"{name}x"}))
        assert (error["parameter"], error["code"]) == (parameter, "invalid_parameter")
        assert f"Did you mean {name}?" in error["hint"]


@pytest.mark.parametrize(("address", "view"), LISTS)
def test_omitting_all_fields_is_refused(rows, address, view):
    assert refused(get(address, omit=",".join(fields_of_row(view))))["parameter"] == "omit"


@pytest.mark.parametrize(("address", "view", "name"), PARAMETERS)
def test_an_unknown_parameter_is_refused_with_the_nearest(address, view, name):
    error = refused(get(address, **{f"{name}x": "1"}))
    assert (error["parameter"], error["code"]) == (f"{name}x", "unknown_parameter")
    assert f"Did you mean {name}?" in error["hint"]
    assert all(known in error["hint"] for known in parameters_of(view))


NARROWING = [
    entry
    for entry in PARAMETERS
    if entry.values[2] in {*(getattr(entry.values[1].filterset_class, "base_filters", ())), "per"}
]


@pytest.mark.parametrize("value", ["", " ", " , "])
@pytest.mark.parametrize(("address", "name"), [entry.values[::2] for entry in NARROWING])
def test_an_empty_filter_is_refused_instead_of_selecting_all(address, name, value):
    """As where a variable of a script was not set."""
    answers = [APIClient().get(address, {name: value})]
    if name != "per":
        body = {name: value}
        answers.append(APIClient().post(f"{address}search/", body, format="json"))
    for answer in answers:
        error = refused(answer)
        assert (error["parameter"], error["code"]) == (name, "empty_value")
        assert error["detail"] == f"{name} is empty: leave the parameter out, or give it a value."


def test_an_empty_filter_is_refused_by_every_address_with_filters():
    kinds = refused(get("/api/v1/changes/", kind=""))
    assert (kinds["parameter"], kinds["code"]) == ("kind", "empty_value")
    for address in ("/api/v1/changes/", "/api/v1/contracts/sums/", "/api/v1/contracts.csv"):
        assert refused(get(address, country=""))["code"] == "empty_value"
    order = {"list": "contracts", "parameters": {"supplier": ""}}
    assert refused(APIClient().post("/api/v1/exports/", order, format="json"))["code"] == "empty_value"


@pytest.mark.parametrize(("address", "view"), LISTS)
def test_an_unknown_parameter_without_a_similar_one_is_refused(address, view):
    assert refused(get(address, **{"\u2603": "1"}))["code"] == "unknown_parameter"


@pytest.mark.parametrize(("address", "view"), LISTS)
def test_a_parameter_given_twice_is_refused(address, view):
    error = refused(get(address, fields=["code", "id"]))
    assert (error["parameter"], error["code"]) == ("fields", "repeated_parameter")


@pytest.mark.parametrize("address", [*(entry.values[0] for entry in LISTS), "/api/v1/stats/"])
def test_an_unchanged_list_is_a_304(rows, address):
    first = get(address)
    assert first.status_code == 200
    assert (
        APIClient().get(first.wsgi_request.get_full_path(), headers={"If-None-Match": first["ETag"]}).status_code
        == 304
    )


ORDERS = [
    pytest.param(address, order, id=f"{address}?order_by={order}")
    for address, view in FIRST.items()
    for order in getattr(view, "orders", ())
]


@pytest.mark.django_db
@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(("address", "order"), ORDERS)
def test_an_invalid_cursor_is_not_a_500(address, order):
    """In the column that the list is ordered by, and in the key."""
    for odd in (b'"\\u0000"', b'"\\ud800"', b"null", b"[]", b"1" + b"0" * 30, b"-1e400"):
        for key, value in ((b"1", odd), (odd, b'"a"')):
            cursor = urlsafe_b64encode(b'["%s",false,%s,%s]' % (order.encode(), key, value)).decode()
            assert get(address, order_by=order, cursor=cursor).status_code in {200, 400}, (key, value)
