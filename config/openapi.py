"""Additions to the generated description of the API: tags with descriptions, and examples."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

_EXAMPLES = Path(str(files("config") / "openapi_examples"))
REQUESTS = _EXAMPLES / "requests.yaml"
# Written by `make examples`: id of the operation → path parameters, query, status and body of the response.
RESPONSES = _EXAMPLES / "responses.json"

TAGS = {
    "index": "Addresses of the API.",
    "contracting-processes": "Contracting processes: compiled OCDS releases and their rows.",
    "contracting-process": "Contracting processes whose ocid a path cannot contain; the ocid is a query parameter.",
    "contracts": "Signed contracts, and active awards without a contract.",
    "contract": "One contract, by ids in its record.",
    "documents": "Documents that were read.",
    "organizations": "Buyers, suppliers and other parties, identified across records.",
    "publishers": "Publishers of records, and which rules their data supports.",
    "flags": "Flags: questions that rules raise about records. A flag is not an accusation.",
    "rules": "Rules: their pages, parameters, versions and results.",
    "lists": "Lists that rules look things up in: vendors, financiers, legal limits, laws, words.",
    "rule-sets": "Digests of the rules, parameters and lists in force.",
    "stats": "Counts of flags.",
    "decision-logs": "Hashes that prove that no decision was removed or changed.",
    "changes": "Changes of records, flags, replies and organizations, for keeping a copy.",
    "ocds": "Records as OCDS release packages and record packages.",
    "dumps": "Nightly files of all public data.",
    "exports": "Large lists as files that a worker writes.",
    "submissions": "Sending records, tables and documents; requires an account.",
    "me": "Saved searches, table mappings and usage of your account.",
    "reconcile": "Reconciliation of names, for OpenRefine.",
    "autocomplete": "Suggestions for names typed in a form.",
    "dictionary": "The columns of all lists.",
    "problems": "The codes of problems.",
    "changelog": "Changes and deprecations of the API.",
}


def with_tags(result: dict[str, Any], **_generated: Any) -> dict[str, Any]:
    """Add the tags, in the order of the documentation, and the tag of the index, which its path does not name."""
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    result["paths"]["/api/v1/"]["get"]["tags"] = ["index"]
    return result


def with_examples(result: dict[str, Any], **_generated: Any) -> dict[str, Any]:
    """Add to each operation an example of its request and of its response."""
    requests, responses = _examples()
    for path, operations in result["paths"].items():
        for operation in operations.values():
            name = operation["operationId"]
            if name in responses:
                _add_examples(operation, path, requests[name], responses[name])
    return result


@cache
def _examples() -> tuple[dict[str, Any], dict[str, Any]]:
    requests = msgspec.yaml.decode(REQUESTS.read_bytes())
    return requests, json.loads(RESPONSES.read_text(encoding="utf-8"))


def _add_examples(operation: dict[str, Any], path: str, request: dict[str, Any], response: dict[str, Any]) -> None:
    if response["query"]:
        operation["description"] += f"\n\nExample: `{address_of(path, response)}`"
    for parameter in operation.get("parameters", ()):
        given = response["path"] if parameter["in"] == "path" else response["query"]
        # Pages that try requests out would send the example of an optional parameter, too.
        if parameter.get("required") and parameter["name"] in given:
            parameter["example"] = given[parameter["name"]]
    if body := request.get("body", request.get("form")):
        content = operation["requestBody"]["content"]
        content["application/json" if "body" in request else "application/x-www-form-urlencoded"]["example"] = body
    if "body" in response:
        content = operation["responses"][str(response["status"])]["content"]
        content["application/json"]["example"] = response["body"]


def address_of(path: str, request: dict[str, Any]) -> str:
    """Return the address of an example: a path with its parameters, and the query."""
    for name, value in request.get("path", {}).items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = urlencode(request.get("query", {}), quote_via=quote, safe=",")
    return f"{path}?{query}" if query else path
