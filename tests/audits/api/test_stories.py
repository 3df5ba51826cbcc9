"""The four stories of the guide, with its own addresses, on the demo and on real records."""

import csv
import io
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from python_calamine import CalamineWorkbook

from audits.api.guide import guide_text
from audits.models import Flag
from audits.triage import review_flag
from contracts.models import ContractingProcess
from tests.audits.api.reading import examples
from tests.support.clients import new_user
from tests.support.records import load, release
from tests.support.shared import SHARED, needs_ocds_files

pytestmark = pytest.mark.django_db
STOCKS = [
    pytest.param(django_settings.BASE_DIR / "fixtures" / "examples", id="demo"),
    pytest.param(SHARED / "data" / "ocds", id="real", marks=needs_ocds_files),
]


@pytest.fixture(params=STOCKS)
def stock(request, settings) -> Path:
    settings.VEEDOR_PUBLICATION = "all"
    call_command("loadreference", stdout=StringIO())
    call_command("load", str(request.param), stdout=StringIO(), stderr=StringIO())
    call_command("audit", stdout=StringIO())
    return Path(request.param)


def asked(client, start: str) -> list[Any]:
    """Ask the addresses of the guide that begin so; return the answers, those that are files read."""
    found = [address for address in examples("en") if address.startswith(f"/api/v1/{start}")]
    assert found, f"the guide has no such example: {start}"
    answers = [client.get(address) for address in found]
    assert [answer.status_code for answer in answers] == [200] * len(found), found
    return [b"".join(answer.streaming_content) if answer.streaming else answer for answer in answers]


def table(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig").partition("\n# ")[0]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_four_stories_of_the_guide_work(stock, anonymous):
    is_demo = stock.name == "examples"

    # How many surveillance contracts since 2018, with whom, flagged and confirmed?
    lead = new_user("deciding lead")
    for flag in Flag.objects.standing().filter(process__isnull=False).order_by("pk"):
        review_flag(flag=flag, reviewer=lead, decision="confirmed", reason="Seen in the document.")
    every, confirmed = (answer.json() for answer in asked(anonymous, "contracts/?sector=surveillance"))
    of_all = anonymous.get("/api/v1/contracts/?date__gte=2018-01-01&count=1").json()["count"]
    assert of_all >= every["count"] >= confirmed["count"]
    assert {"country", "buyer", "year"} == every["facets"].keys()
    assert sum(value["count"] for value in every["facets"]["country"]["values"]) <= every["count"]
    assert all(row["date"] >= "2018" for row in every["results"])
    if is_demo:
        assert (every["count"], confirmed["count"] > 0) == (22, True)
        assert any("Huawei" in name for row in every["results"] for name in row["suppliers"])

    # Everything about one supplier: by a name, its id, and what that leads to.
    first = ContractingProcess.objects.exclude(suppliers=[]).order_by("pk").first()
    organization = anonymous.get(f"/api/v1/organizations/{first.suppliers[0]}/").json()
    named = anonymous.get("/api/v1/contracts/", {"supplier": organization["name"]}).json()
    assert organization["id"] in {supplier for row in named["results"] for supplier in row["supplier_ids"]}
    own = anonymous.get(f"/api/v1/contracts/?supplier={organization['id']}&count=1").json()
    assert own["count"] == organization["contracts_supplied"] > 0
    assert all(organization["id"] in row["supplier_ids"] for row in own["results"])
    assert anonymous.get(f"/api/v1/flags/?supplier={organization['id']}").status_code == 200

    # Direct awards with lock-in grounds above an amount in two currencies, as a spreadsheet with passages.
    (book,) = asked(anonymous, "contracts.xlsx?method=direct")
    assert CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names == ["README", "contracts"]
    rows = table(*asked(anonymous, "contracts.csv?method=direct,limited&rule=T04"))
    above = "/api/v1/contracts.csv?method=direct,limited&rule=T04&currency=USD,UYU&amount__gte=9800000"
    chosen = table(b"".join(anonymous.get(above).streaming_content))
    assert all(row["currency"] in {"USD", "UYU"} and float(row["amount"]) >= 9_800_000 for row in chosen)
    sheet = anonymous.get("/api/v1/flags.csv?rule=T04&sheet=evidence")
    passages = [row for row in table(b"".join(sheet.streaming_content)) if row["passage"]]
    if is_demo:
        assert len(rows) > len(chosen) > 2
        assert {row["ocid"] for row in chosen} <= {row["ocid"] for row in passages}

    # What changed since Monday?
    now, _first = asked(anonymous, "changes/")
    load(release("ocds-new001-1"))
    call_command("audit", stdout=StringIO())
    told = anonymous.get(re.sub(r"^https?://[^/]+", "", now.json()["next"])).json()["results"]
    assert ("ocds-new001-1", "created") in {(row["ocid"], row["kind"]) for row in told}
    assert {row["ocid"] for row in told} == {"ocds-new001-1"}


def test_the_guide_contains_the_stories():
    headings = re.findall(r"^## (.+)", guide_text("en"), re.MULTILINE)
    for story in ("Surveillance since 2018", "Everything about one supplier", "A spreadsheet", "what changed since"):
        assert any(story in heading for heading in headings), story
