"""Finding in the API: parts of rows, passages of flags, what was found, the same question by POST, suggestions."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.models import ContractingProcess, Publisher
from tests.support.clients import new_user

pytestmark = pytest.mark.django_db
API = "/api/v1/"
LISTS = ["contracting-processes", "contracts", "organizations", "publishers", "flags"]


def get(client, address, **parameters):
    answer = client.get(API + address, parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def post(client, name, body, **options):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    options.setdefault("content_type", "application/json")
    return client.post(f"{API}{name}/search/", content, **options)


@pytest.fixture
def cameras(late_flags, auditor):
    ContractingProcess.objects.update(
        title="Cámaras de vigilancia",
        description=f"{'Antes. ' * 40}Red de fibra óptica{' y después' * 40}",
        items=["Domo PTZ Hikvision", "Poste de acero"],
    )
    return late_flags


@pytest.mark.parametrize(
    ("parameter", "text", "is_found"),
    [
        ("q.title", "camara", True),
        ("q.title", '"camaras de vigilancia"', True),
        ("q.title", "camara -vigilancia", False),
        ("q.title", "fibra", False),
        ("q.buyer", "municipios", True),
        ("q.buyer", "camara", False),
        ("q.supplier", "proveedora", True),
        ("q.supplier", "municipio", False),
        ("q", "camara municipio fibra", True),
        ("q.items", "hikvision domos", True),
        ("q.items", '"poste de acero" -hikvision', False),
        ("q.items", "camara", False),
        ("q.title", "hikvision", False),
        ("q", "camara hikvision", True),
        ("q", '"fibra optica"', True),
    ],
)
def test_parts_of_rows_are_searched(cameras, auditor, parameter, text, is_found):
    for name in ("contracting-processes", "contracts", "flags"):
        assert bool(get(auditor, f"{name}/", **{parameter: text})) == is_found


def test_search_covers_only_visible_passages(cameras, auditor, anonymous):
    passage = {"path": "/tender", "passage": "Reconocimiento facial en la plaza", "value": None, "note": ""}
    flag = cameras[0]
    Flag.objects.filter(pk=flag.pk).update(evidence=[passage])

    assert [row["id"] for row in get(auditor, "flags/", **{"q.evidence": '"reconocimientos facial"'})] == []
    assert [row["id"] for row in get(auditor, "flags/", **{"q.evidence": "reconocimientos facial"})] == [flag.pk]
    assert [row["id"] for row in get(auditor, "flags/", **{"q.evidence": '"facial en la plaza"'})] == [flag.pk]
    assert get(auditor, "flags/", **{"q.evidence": "facial -plaza"}) == []
    assert get(auditor, "contracts/", **{"q.evidence": "facial"})
    assert get(auditor, "contracting-processes/", **{"q.evidence": "facial", "rule": flag.rule})
    # One flag must be all that is asked.
    assert not get(auditor, "contracting-processes/", **{"q.evidence": "facial", "flag_state": "dismissed"})
    assert not get(anonymous, "flags/", **{"q.evidence": "facial"})
    assert not get(anonymous, "contracting-processes/", **{"q.evidence": "facial"})


@pytest.mark.parametrize(
    ("country", "found"), [("PE", ["instalaron"]), ("BR", ["instalaram"]), ("US", ["instalaron", "instalaram"])]
)
def test_passages_are_searched_in_the_language_of_the_country(cameras, auditor, country, found):
    """Where it is neither of the two, in both."""
    flag = cameras[0]
    for word in ("instalaron", "instalaram"):
        passage = {"path": "/tender", "passage": f"{word} cámaras", "value": None, "note": ""}
        Flag.objects.filter(pk=flag.pk).update(evidence=[passage], country=country)
        assert bool(get(auditor, "flags/", **{"q.evidence": "instalado"})) == (word in found)


def test_a_changed_flag_is_searched_by_its_confirmed_text(cameras, anonymous):
    flag = Flag.objects.get(pk=cameras[0].pk)
    flag.evidence = [{"path": "/tender", "passage": "Reconocimiento facial", "value": None, "note": ""}]
    flag.save()
    for name in ("one", "two"):
        review_flag(flag=flag, reviewer=new_user(name), decision=Review.Decision.CONFIRMED, reason="seen")
        flag.refresh_from_db()
    assert get(anonymous, "flags/", **{"q.evidence": "facial"})

    Flag.objects.filter(pk=flag.pk).update(
        evidence=[{"path": "/tender", "passage": "Lectura de placas", "value": None, "note": ""}],
        changed_because="record",
        state="changed",
    )
    assert get(anonymous, "flags/", **{"q.evidence": "facial"})
    assert not get(anonymous, "flags/", **{"q.evidence": "placas"})


def test_highlights_show_the_matching_passages(cameras, auditor):
    (row,) = get(auditor, "contracting-processes/", q="vigilancias fibras", include="highlights", ocid="ocds-test01-1")
    shown = {
        found["field"]: [found["passage"][first:last] for first, last in found["marks"]]
        for found in row["included"]["highlights"]
    }
    assert shown == {"title": ["vigilancia"], "description": ["fibra"]}
    passages = {found["field"]: found["passage"] for found in row["included"]["highlights"]}
    assert passages["title"] == "Cámaras de vigilancia"
    assert len(passages["description"]) == 80 + len("fibra") + 80

    for name in ("contracts", "flags"):
        for row in get(auditor, f"{name}/", **{"q.buyer": "municipio", "include": "highlights"}):
            (found,) = row["included"]["highlights"]
            (mark,) = found["marks"]
            assert (found["field"], found["passage"][slice(*mark)]) == ("buyer", "Municipio")


def test_highlights_cover_items(cameras, auditor):
    for name in ("contracting-processes", "contracts", "flags"):
        for row in get(auditor, f"{name}/", q="hikvision", include="highlights"):
            (found,) = row["included"]["highlights"]
            assert (found["field"], found["passage"]) == ("items", "Domo PTZ Hikvision; Poste de acero")


def test_highlights_need_no_extra_query_and_are_empty_without_a_search(cameras, auditor):
    get(auditor, "contracting-processes/", q="camara")  # the token is noted as used
    with CaptureQueriesContext(connection) as plain:
        get(auditor, "contracting-processes/", q="camara")
    with CaptureQueriesContext(connection) as captured:
        rows = get(auditor, "contracting-processes/", q="camara", include="highlights")
    assert len(captured) == len(plain) - 1  # without them what rows say is asked by their keys
    assert all(row["included"]["highlights"] for row in rows)
    assert all(row["included"]["highlights"] == [] for row in get(auditor, "contracts/", include="highlights"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_answers_post_like_get(cameras, auditor, name):
    asked = auditor.get(f"{API}{name}/", {"limit": 1, "count": "1"}).json()
    answer = post(auditor, name, {"limit": 1, "count": True})

    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert {**found, "next": None} == {**asked, "next": None}
    # The address to go on takes the same body.
    seen = len(found["results"])
    while found["next"]:
        assert f"/{name}/search/?cursor=" in found["next"]
        found = auditor.post(found["next"], b'{"limit": 1}', content_type="application/json").json()
        seen += len(found["results"])
    assert seen == asked["count"]


def test_body_values_can_be_texts_numbers_and_lists(cameras, auditor):
    body = {"country": ["MX", "PE"], "amount__gte": 1, "amount__lte": 1e9, "q": "camara", "fields": ["ocid", "title"]}
    asked = {
        "country": "MX,PE",
        "amount__gte": "1",
        "amount__lte": "1000000000",
        "q": "camara",
        "fields": "ocid,title",
    }

    found = post(auditor, "contracting-processes", body).json()
    assert found == auditor.get(f"{API}contracting-processes/", asked).json()
    assert found["results"]
    lines = post(auditor, "contracts", {**body, "format": "csv"})
    assert lines.status_code == 200
    assert b"".join(lines).startswith(b"ocid,title\n")


def test_a_body_can_hold_longer_lists_than_an_address(cameras, auditor):
    ocids = [f"ocds-{'x' * 60}-{number}" for number in range(90)]

    assert len(post(auditor, "contracts", {"ocid": [*ocids, "ocds-test01-1"]}).json()["results"]) > 0
    assert auditor.get(f"{API}contracts/", {"ocid": ",".join(ocids)}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status", "place"),
    [
        (b'{"amount__gte": 1e-900000000}', 400, "/amount__gte"),
        (b"", 400, ""),
        (b"[]", 400, ""),
        (b"{", 400, ""),
        (b"[" * 20_000, 400, ""),
        (b'{"amount__gte": NaN}', 400, ""),
        (b'{"amount__gte": 1e400}', 400, "/amount__gte"),
        (b'{"amount__gte": 1e99999999999999999999}', 400, ""),
        (b'{"amount__gte": ' + b"9" * 5000 + b"}", 400, ""),
        (b'{"q": "a", "q": "b"}', 400, "/q"),
        (b'{"q": null}', 400, "/q"),
        (b'{"q": {"title": "a"}}', 400, "/q"),
        (b'{"country": []}', 400, "/country"),
        (b'{"country": ["PE", ["CO"]]}', 400, "/country"),
        (b'{"method": ["a,b"]}', 400, "/method"),
        (b'{"q": "\\ud800"}', 400, ""),
        (b'{"q": "\xff"}', 400, ""),
        (b'{"q": "a\\u0000"}', 400, None),
        (b'{"q": "-camara"}', 400, None),
        (b'{"contry": "PE"}', 400, None),
        (b'{"limit": "x"}', 400, None),
        (b'{"q": "' + b"a" * 70_000 + b'"}', 413, None),
    ],
)
def test_an_invalid_body_is_a_problem_with_its_place(auditor, body, status, place):
    answer = post(auditor, "contracts", body)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    if place is not None:
        assert answer.json()["errors"][0]["pointer"] == place


def test_a_body_of_another_type_is_refused(auditor):
    assert post(auditor, "contracts", b"q=a", content_type="application/x-www-form-urlencoded").status_code == 415


def test_other_origins_may_search(anonymous):
    answer = anonymous.options(f"{API}contracts/search/")
    assert "Content-Type" in answer["Access-Control-Allow-Headers"]
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert post(anonymous, "contracts", {})["Access-Control-Allow-Origin"] == "*"


def suggested(client, kind, prefix, **parameters):
    answer = client.get(f"{API}autocomplete/{kind}/", {"prefix": prefix, **parameters})
    assert answer.status_code == 200, answer.content
    return answer.json()["result"]


def test_suggestion_ids_are_accepted_by_filters(cameras, auditor):
    Publisher.objects.create(slug="pe-oece", name="Organismo Especializado de Contrataciones", country="PE")

    (publisher,) = suggested(auditor, "publishers", "ORGANÍSMO contrata")
    assert publisher == {"id": "pe-oece", "name": "Organismo Especializado de Contrataciones", "description": "PE"}
    (rule,) = suggested(auditor, "rules", "r060")
    assert auditor.get(f"{API}flags/", {"rule": rule["id"]}).status_code == 200
    (supplier,) = suggested(auditor, "organizations", "proveedora", type="supplier")
    assert get(auditor, "contracts/", supplier=supplier["id"])
    (country, *_others) = suggested(auditor, "countries", "mexi")
    assert country["id"] == "MX"
    assert auditor.get(f"{API}contracts/", {"country": country["id"]}).status_code == 200
    assert {*publisher} == {*rule} == {*supplier} == {*country} == {"id", "name", "description"}


def test_countries_are_suggested_by_their_names_in_three_languages(auditor):
    for typed in ("Brasil", "brazil", "BR"):
        assert "BR" in {row["id"] for row in suggested(auditor, "countries", typed)}, typed


@pytest.mark.parametrize("kind", ["organizations", "publishers", "rules", "countries"])
def test_empty_input_gives_no_suggestions_and_limits_apply(auditor, kind):
    assert suggested(auditor, kind, "") == suggested(auditor, kind, "  ") == []
    assert len(suggested(auditor, kind, "r0", limit=1)) <= 1
    assert auditor.get(f"{API}autocomplete/{kind}/", {"prefix": "a", "limit": "0"}).status_code == 400
    assert auditor.get(f"{API}autocomplete/{kind}/", {"prefix": "a", "size": "1"}).status_code == 400
