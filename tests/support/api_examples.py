"""
`make examples`: send the example requests of the API to a running demo, and write the responses that describe it.

Lists are shortened to their first entry. A dump must be there (`manage.py dump`). VEEDOR_TOKEN is a token with the
scopes read, submit and follow, of an account with an e-mail address:
`manage.py issuetoken USERNAME --scope read --scope submit --scope follow`.
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from typing import Any

import msgspec

from config.openapi import REQUESTS, RESPONSES, address_of

_FORM = "application/x-www-form-urlencoded"


def main(site: str) -> None:
    """Send every request in order; raises SystemExit with those that are refused, and then writes nothing."""
    requests = msgspec.yaml.decode(REQUESTS.read_bytes())
    with urllib.request.urlopen(f"{site}/api/v1/schema/?format=json") as answer:
        paths = json.load(answer)["paths"]
    operations = {found["operationId"]: (path, method) for path, of in paths.items() for method, found in of.items()}
    answers: dict[str, Any] = {}
    written: dict[str, Any] = {}
    refused: list[str] = []
    for name, request in requests.items():
        path, method = operations[name]
        try:
            resolved = _resolved(request, answers)
        except LookupError as error:
            refused.append(f"{name}: {error.args[0]}")
            continue
        if "response" in resolved:
            status, answers[name] = resolved["status"], resolved["response"]
        else:
            status, answers[name] = _sent(site, method.upper(), path, resolved)
        if status // 100 != 2:
            refused.append(f"{name}: {status} {answers[name]}")
            continue
        entry: dict[str, Any] = {
            "path": resolved.get("path", {}),
            "query": resolved.get("query", {}),
            "status": status,
        }
        if answers[name] is not None:
            text = json.dumps(_short(answers[name]), ensure_ascii=False).replace(site, "https://veedor.example")
            entry["body"] = json.loads(text)
        written[name] = entry
    if refused:
        sys.exit("\n".join(refused))
    RESPONSES.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _resolved(value: Any, answers: dict[str, Any]) -> Any:
    """
    Return a request in which references to earlier responses are replaced by their values.

    :raises LookupError: if a response has no such value, as of a request that was refused
    """
    if isinstance(value, dict):
        return {name: _resolved(entry, answers) for name, entry in value.items()}
    if isinstance(value, list):
        return [_resolved(entry, answers) for entry in value]
    if not (isinstance(value, str) and value.startswith("@")):
        return value
    name, *parts = value[1:].split("/")
    found = answers.get(name)
    for part in parts:
        try:
            found = found[int(part)] if isinstance(found, list) else found[part]
        except (LookupError, TypeError):
            raise LookupError(f"{value} is not in the response of {name}: {str(answers.get(name))[:200]}") from None
    return found


def _sent(site: str, method: str, path: str, request: dict[str, Any]) -> tuple[int, Any]:
    """Return what `_send` does, of a file that is still being written once it is there."""
    for _attempt in range(30):
        status, answer = _send(site, method, path, request)
        if status != HTTPStatus.CONFLICT:
            break
        time.sleep(2)
    return status, answer


def _send(site: str, method: str, path: str, request: dict[str, Any]) -> tuple[int, Any]:
    """Return the status and the JSON of an answer; None for a file or an empty body."""
    headers, data = {"Accept": "*/*", "Accept-Language": "en"}, None
    if "body" in request:
        headers["Content-Type"], data = "application/json", json.dumps(request["body"]).encode()
    elif "form" in request:
        headers["Content-Type"], data = _FORM, urllib.parse.urlencode(request["form"]).encode()
    if request.get("account"):
        headers["Authorization"] = f"Token {os.environ['VEEDOR_TOKEN']}"
    address = site + address_of(path, request)
    sent = urllib.request.Request(address, data, headers, method=method)
    try:
        with urllib.request.urlopen(sent) as answer:
            status, kind, content = answer.status, answer.headers["Content-Type"] or "", answer.read()
    except urllib.error.HTTPError as error:
        status, kind, content = error.code, error.headers["Content-Type"] or "", error.read()
    return status, json.loads(content) if re.search("json$|json;", kind) and content else None


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_short(entry) for entry in value[:1]]
    return value


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
