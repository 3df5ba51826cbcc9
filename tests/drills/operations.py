"""
Every operation of the description, asked by chance as it says: valid requests and invalid ones, as different readers.

Needs Schemathesis, which `make fuzz` installs. No answer may be an error of the server, or one that the description
does not have: another status, another type, other members.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import hypothesis
import openapi_spec_validator
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.drills.site import Person, Site
from tests.drills.tally import Tally

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SCHEMA = "/api/v1/schema/?format=json"
SECONDS = 60


def ask_operations(site: Site, people: Sequence[Person], tally: Tally, *, examples: int) -> None:
    """
    Ask each operation as each of some people.

    :param examples: how many requests of each operation and person
    """
    base = f"http://127.0.0.1:{site.port}"
    schema = schemathesis.openapi.from_url(f"{base}{SCHEMA}", timeout=SECONDS)
    openapi_spec_validator.validate(schema.raw_schema)
    for person in people:
        headers = {name.decode(): value.decode() for name, value in person.headers()}
        for result in schema.get_all_operations():
            operation = result.ok()
            name = f"{person.name} {operation.method.upper()} {operation.path}"
            _ask(operation, name, headers, tally, examples)
    for line in site.traces():
        tally.violate(f"a trace in the log of {line}")


def _ask(operation: Any, name: str, headers: dict[str, str], tally: Tally, examples: int) -> None:
    found: list[str] = []

    @hypothesis.seed(hash_of(f"{tally.seed} {name}"))
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode)))
    def ask(case: Any) -> None:
        answer = case.call(headers={**(case.headers or {}), **headers}, timeout=SECONDS)
        tally.count(f"{name.partition(' ')[0]} {answer.status_code // 100}xx")
        try:
            case.validate_response(answer, checks=CHECKS)
        except (FailureGroup, Failure) as error:
            for one in getattr(error, "exceptions", (error,)):
                what = f"{one.title}: {one.message[:300]}"
                if one.title not in found:
                    found.append(one.title)
                    tally.violate(f"{name}: {what}", request=case.as_curl_command(headers).encode())

    ask()


def hash_of(text: str) -> int:
    """Return a number that is the same for the same text, whenever it is asked for."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
