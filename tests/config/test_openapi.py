"""The description of the API is valid, complete and honest."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from tests.support.auditing import audit_due

PREFIX = "api/v1/"
PAGES = {f"{PREFIX}{name}" for name in ("schema/", "docs/", "guide/", "changelog/feed.atom")}
ROWS = ("contracting-processes", "contracts", "organizations")


@pytest.fixture(scope="module")
def description() -> dict:
    GENERATOR_STATS.reset()
    return SchemaGenerator().get_schema(request=None, public=True)


def routes(resolver, prefix: str = ""):
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


def test_it_is_openapi_3_1_without_a_warning(description):
    assert description["openapi"].startswith("3.1")
    validate_schema(description)
    messages = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    assert messages == []


def test_what_takes_a_body_needs_one_and_records_come_in_lists_too(description):
    operations = [path["post"] for path in description["paths"].values() if "post" in path]
    assert {operation["requestBody"]["required"] for operation in operations} == {True}
    body = description["paths"]["/api/v1/submissions/"]["post"]["requestBody"]["content"]
    assert [one["type"] for one in body["application/json"]["schema"]["oneOf"]] == ["object", "array"]
    assert "about" in body["multipart/form-data"]["schema"]["properties"]


def test_every_address_of_the_api_is_described(description):
    described = {re.sub(r"{\w+}", "{}", path) for path in description["paths"]}
    served = {
        "/" + re.sub(r"<[^>]+>", "{}", path)
        for path in routes(get_resolver())
        # what ends with a format is the list of the same name, whose parameter `format` is described
        if path.startswith(PREFIX) and path not in PAGES and ".<" not in path
    }
    assert described == served


def operations_of(description: dict):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            yield f"{method} {path}", operation


def test_every_operation_has_a_summary_a_description_and_its_problems(description):
    for name, operation in operations_of(description):
        assert operation.get("description"), f"{name} says nothing"
        summary = operation["summary"]
        # A sentence about this operation alone, not one cut off at a dot within a word.
        assert 8 <= len(summary) <= 80, name
        assert summary.count("`") % 2 == 0, name
        assert operation["description"].startswith(summary), name
        assert "application/problem+json" in operation["responses"]["400"]["content"], name


def test_methods_of_one_address_have_different_summaries(description):
    for path, operations in description["paths"].items():
        summaries = [operation["summary"] for operation in operations.values()]
        assert path.startswith(f"/{PREFIX}reconcile/") or len(set(summaries)) == len(summaries), path


def test_every_response_says_what_it_means(description):
    for name, operation in operations_of(description):
        assert all(response["description"] for response in operation["responses"].values()), name


def test_every_tag_is_described_and_used(description):
    used = {tag for _name, operation in operations_of(description) for tag in operation["tags"]}
    assert {tag["name"] for tag in description["tags"]} == used
    assert all(tag["description"] for tag in description["tags"])


def test_only_operations_that_take_records_or_mappings_answer_422(description):
    refusing = {
        name.split("/v1/")[1] for name, operation in operations_of(description) if "422" in operation["responses"]
    }
    assert refusing == {"submissions/", "submissions/simple-contract/", "submissions/validate/", "me/table-mappings/"}


def test_redirects_and_revalidation_are_described(description):
    responses = description["paths"]["/api/v1/organizations/{id}/"]["get"]["responses"]
    assert {"304", "308"} <= responses.keys()
    assert "content" not in responses["308"]


def resolve(description: dict, schema: dict) -> dict:
    reference = schema.get("$ref")
    return description["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema


def lists(description: dict) -> dict[str, dict]:
    """Return path → schema of a row, for each address whose answer is a page."""
    found = {}
    for path, operations in description["paths"].items():
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        schema = resolve(description, content.get("application/json", {}).get("schema", {}))
        if {"next", "results", "count"} <= schema.get("properties", {}).keys():
            found[path] = resolve(description, schema["properties"]["results"]["items"])
    return found


def test_every_list_describes_its_paging_and_choice_of_fields(description):
    found = lists(description)
    assert {f"/{PREFIX}{name}/" for name in (*ROWS, "flags")} <= found.keys()
    for path in found:
        names = {parameter["name"] for parameter in description["paths"][path]["get"]["parameters"]}
        assert {"cursor", "limit", "count", "fields", "omit", "order_by"} <= names, path


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ROWS)
def test_a_list_answers_what_it_describes(client, description, kind):
    from tests.support.records import load, release

    load(release())
    (row, *_) = client.get(f"/{PREFIX}{kind}/").json()["results"]
    described = lists(description)[f"/{PREFIX}{kind}/"]
    on_request = {"cite", "included", "converted", "converted_period"} & described["properties"].keys()
    assert row.keys() == described["properties"].keys() - on_request == set(described["required"])


@pytest.mark.django_db
def test_a_detail_answers_what_it_describes(client, description):
    from tests.support.records import load, release

    load(release())
    body = client.get(f"/{PREFIX}contracting-processes/ocds-test01-1/").json()
    operation = description["paths"][f"/{PREFIX}contracting-processes/{{ocid}}/"]["get"]
    described = resolve(description, operation["responses"]["200"]["content"]["application/json"]["schema"])
    assert body.keys() == described["properties"].keys()


@pytest.mark.django_db
def test_the_page_to_try_it_out_loads_nothing_from_elsewhere(client):
    page = client.get(f"/{PREFIX}docs/")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    inline = re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|style=", page.content.decode())
    assert inline == [], "the content security policy would refuse it"
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        response.close()


@pytest.mark.parametrize("suffix", ["", "?format=json"])
def test_the_description_is_served(client, suffix):
    assert client.get(f"/{PREFIX}schema/{suffix}").status_code == 200


def test_what_the_api_holds_is_said_in_the_readers_language(client):
    told = client.get(f"/{PREFIX}schema/", headers={"Accept-Language": "es"}).content.decode()
    assert "Registros de contratación pública de IA y telecomunicaciones y sus preguntas." in " ".join(told.split())


def test_a_policy_of_the_pages_content_is_sent(client):
    policy = client.get(f"/{PREFIX}docs/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def parameters(description: dict):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                yield f"{method} {path} {parameter['name']}", parameter


def test_every_parameter_says_what_it_means(description):
    assert [place for place, parameter in parameters(description) if not parameter.get("description")] == []


def test_filters_are_texts_that_programs_may_write(description):
    """A client that is generated must be able to send `sector=ai,cloud` and `country=none`."""
    odd = {
        parameter["name"]: parameter["schema"]
        for _place, parameter in parameters(description)
        if parameter["in"] == "query" and parameter["schema"]["type"] != "string"
    }
    assert odd.keys() <= {"limit"}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*ROWS, "flags", "publishers"])
def test_an_answer_is_valid_against_its_description(client, description, kind, settings):
    from jsonschema import Draft202012Validator

    from contracts.models import Publisher
    from tests.support.records import load, release

    settings.VEEDOR_PUBLICATION = "all"
    Publisher.objects.create(slug="test", name="Test")
    undated = release("ocds-test01-2", contracts=[], buyer=None)
    load(release(), undated)
    audit_due()
    answers = [client.get(f"/{PREFIX}{kind}/").json()]
    if kind in ("contracts", "flags"):
        answers.append(client.get(f"/{PREFIX}{kind}/?supplier=Ficticia&date_signed__gte=2024-01-01").json())
        assert answers[-1]["candidates"]
    assert answers[0]["results"]
    content = description["paths"][f"/{PREFIX}{kind}/"]["get"]["responses"]["200"]["content"]
    schema = {"components": description["components"], **content["application/json"]["schema"]}
    for answer in answers:
        Draft202012Validator(schema).validate(answer)


@pytest.mark.django_db
def test_the_status_of_a_submission_is_valid_at_each_step(description, sender, nudged):
    from jsonschema import Draft202012Validator

    from contracts.intake.processing import process_submission
    from tests.contracts.api.sending import send
    from tests.support.documents import PAPER
    from tests.support.records import release

    schema = {"components": description["components"], "$ref": "#/components/schemas/SubmissionStatus"}
    for body in (release(), PAPER):
        receipt = send(sender, body, "application/octet-stream").json()
        for _step in ("received", "processed"):
            Draft202012Validator(schema).validate(sender.get(receipt["status_url"]).json())
            process_submission(receipt["id"])


def schemas(node):
    """Yield every schema that is one of several."""
    if isinstance(node, dict):
        if "oneOf" in node:
            yield node["oneOf"]
        for value in node.values():
            yield from schemas(value)
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value)


def test_no_value_fits_two_types_at_once(description):
    """`oneOf` anything or null refuses null."""
    assert [choices for choices in schemas(description) if {} in choices] == []


def test_every_operation_says_what_a_wrong_token_and_a_wrong_format_are_answered(description):
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            assert {"401", "406", "429", "503"} <= operation["responses"].keys(), f"{method} {path}"
            names_a_row = any(parameter.get("required") for parameter in operation.get("parameters", ()))
            assert "404" in operation["responses"] or not names_a_row, f"{method} {path}"


def test_a_list_by_post_describes_its_parameters_as_members_of_its_body(description):
    posted = [path for path in description["paths"] if path.endswith("/search/")]
    assert len(posted) == 5
    for path in posted:
        operation = description["paths"][path]["post"]
        listed = description["paths"][path.removesuffix("search/")]["get"]["parameters"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        # Beside them no parameter of the address: generated clients would have each twice.
        assert "parameters" not in operation
        assert body["additionalProperties"] is False
        assert body["properties"].keys() == {parameter["name"] for parameter in listed}, path
        assert all(member["description"] for member in body["properties"].values()), path
