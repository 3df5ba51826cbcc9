"""Each operation of the API is described by an example, which is valid as the description has it."""

import copy
import json
import re

import msgspec
import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from config.openapi import REQUESTS, RESPONSES, address_of

EXAMPLES = json.loads(RESPONSES.read_text(encoding="utf-8"))
SENT = msgspec.yaml.decode(REQUESTS.read_bytes())


@pytest.fixture(scope="module")
def description() -> dict:
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture(scope="module")
def operations(description) -> dict[str, tuple[str, dict]]:
    return {
        operation["operationId"]: (path, operation)
        for path, of in description["paths"].items()
        for operation in of.values()
    }


def test_every_operation_has_an_example(operations):
    assert SENT.keys() == EXAMPLES.keys() == operations.keys()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_names_parameters_that_its_operation_has(operations, name):
    path, operation = operations[name]
    known = {
        place: {one["name"] for one in operation.get("parameters", ()) if one["in"] == place}
        for place in ("path", "query")
    }
    assert EXAMPLES[name]["path"].keys() == known["path"]
    assert EXAMPLES[name]["query"].keys() <= known["query"]
    required = {one["name"] for one in operation.get("parameters", ()) if one.get("required")}
    assert required <= EXAMPLES[name]["path"].keys() | EXAMPLES[name]["query"].keys()
    assert not re.search("[{}]", address_of(path, EXAMPLES[name]).partition("?")[0])


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_a_response_is_valid(description, operations, name):
    _path, operation = operations[name]
    response = operation["responses"][str(EXAMPLES[name]["status"])]
    content = response.get("content", {}).get("application/json", {})
    if "body" not in EXAMPLES[name]:
        assert not content, "an answer in JSON has an example"
        return
    assert content["example"] == EXAMPLES[name]["body"]
    schema = {"components": description["components"], **content["schema"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(content["example"])


@pytest.mark.parametrize("name", [name for name, request in SENT.items() if "body" in request])
def test_an_example_of_a_body_is_valid(description, operations, name):
    content = operations[name][1]["requestBody"]["content"]["application/json"]
    assert content["example"] == SENT[name]["body"]
    schema = {"components": _of_requests(description["components"]), **content["schema"]}
    Draft202012Validator(schema).validate(content["example"])


def _of_requests(components: dict) -> dict:
    """Return components in which members that only responses have are not required, as OpenAPI has it."""
    found = copy.deepcopy(components)
    for schema in found["schemas"].values():
        read_only = {name for name, member in schema.get("properties", {}).items() if member.get("readOnly")}
        schema["required"] = [name for name in schema.get("required", ()) if name not in read_only]
    return found


def test_examples_are_of_invented_records_alone():
    """Records of others are not committed."""
    text = RESPONSES.read_text(encoding="utf-8")
    ocids = set(re.findall(r'"ocid": "([^"]+)"', text))
    assert ocids
    assert all(ocid.startswith(("ocds-vdrex1-", "ocds-example-", "veedor-")) for ocid in ocids)
