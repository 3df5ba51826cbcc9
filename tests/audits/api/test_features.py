"""The claims of `features.md`: each request is sent, and its answer checked."""

from pathlib import Path

import pytest

from audits.engine import processes
from contracts.models import ContractingProcess, Publisher
from tests.support.clients import Client
from tests.support.records import load, release

TEXT = (Path(__file__).parent / "features.md").read_text(encoding="utf-8")
HEAD, _LINE, *ROWS = [
    [cell.strip() for cell in line.strip("|").split(" |")] for line in TEXT.splitlines() if line.startswith("|")
]
ASKED = [row for row in ROWS if row[3] != "–"]


def told(request: str) -> tuple[int, str]:
    address, _space, body = request.partition(" ")
    language = {"accept-language": "en"}
    answer = (
        Client().post(address, body, content_type="application/json", headers=language)
        if body
        else Client().get(address, headers=language)
    )
    content = b"".join(answer) if answer.streaming else answer.content
    headers = "".join(f"{name}: {value}\n" for name, value in answer.items())
    return answer.status_code, headers + content.decode()


def test_every_feature_is_complete_and_states_its_extent():
    assert {len(row) for row in (HEAD, *ROWS)} == {5}
    for row in ROWS:
        assert row[1] in {"P1", "P2", "new"}
        assert row[2].partition(":")[0].partition(",")[0] in {"yes", "partly", "no"}
        assert row[2] != "partly", f"{row[0]}: what is missing?"


@pytest.mark.django_db
def test_each_feature_request_succeeds():
    Publisher.objects.create(slug="mx", name="México", country="MX")
    load(release())
    processes.audit_again(list(ContractingProcess.objects.values_list("pk", flat=True)))

    missing = []
    for feature, _priority, _state, request, shown in ASKED:
        status, answer = told(request.strip("`"))
        if status >= 500 or shown.strip("`") not in answer:
            missing.append((feature, status, shown))
    assert missing == []
