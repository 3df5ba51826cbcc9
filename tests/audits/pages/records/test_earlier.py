"""Earlier states of a record: readers of a citation find what was cited, and what changed since."""

import hashlib
import json

import pytest

from audits.pages.records import earlier
from contracts.intake import states
from contracts.models import ContractingProcess
from contracts.ocds.gate.document import decode_stored, encode
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db

OCID = "ocds-test01-1"
PAGE = f"/process/earlier/?ocid={OCID}"


def _public_digest(anonymous) -> str:
    """Return the SHA-256 of the record as everybody reads it."""
    answer = decode_stored(anonymous.get(f"/api/v1/contracting-processes/{OCID}/").content.decode())
    return hashlib.sha256(encode(answer["compiled_release"])).hexdigest()


@pytest.fixture
def amended(buy, anonymous):
    """A record that was cited, and has two amendments since: the public digests of its three states."""
    digests = []
    sent = purchase(1, title=TITLE, amount=1000)
    sent["planning"] = {"rationale": "Falta de luz."}
    contact = {"name": "Ana Persona", "email": "ana@ejemplo.example"}
    sent["parties"][0]["contactPoint"] = contact
    buy(sent)
    digests.append(_public_digest(anonymous))
    dearer = purchase(1, title=TITLE, amount=2500)
    dearer["parties"][0]["contactPoint"] = contact | {"name": "Otra Persona"}
    buy(dearer | {"id": "2", "date": "2031-01-01T00:00:00Z", "planning": {"rationale": None}})
    digests.append(_public_digest(anonymous))
    buy({"ocid": OCID, "id": "3", "date": "2031-02-01T00:00:00Z", "tag": ["tender"], "tender": {"title": "Cámaras"}})
    digests.append(_public_digest(anonymous))
    return digests


def test_a_citation_address_says_whether_the_record_has_changed(client, buy):
    buy(purchase(1, title=TITLE))
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    cited = f"/processes/{OCID}/?cited={digest[:16]}"
    page = get(client, f"/processes/{OCID}/?lang=en")
    assert f"http://testserver{cited} (read" in text_of(page)
    assert "since it was cited" not in page
    assert "What this record said before" not in page
    assert "The record still says what was cited." in get(client, f"{cited}&lang=en")

    buy(purchase(1, title=TITLE, amount=2500) | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    page = get(client, f"{cited}&lang=en")
    assert "This record has changed since it was cited." in page
    assert f'href="{PAGE}&amp;cited={digest[:16]}&amp;lang=en#{digest[:16]}"' in page


def test_each_state_has_its_hash_and_its_changes(client, amended):
    page = get(client, f"{PAGE}&cited={amended[0][:16]}&lang=en")
    latest, middle, first = (text_of(part) for part in page.partition('<section id="')[2].split('<section id="'))
    for part, digest in ((latest, amended[2]), (middle, amended[1]), (first, amended[0])):
        assert digest in part
    assert f"{TITLE} Cámaras" in latest
    assert "· today" in latest
    assert "Contract › C › Value 1000 MXN 2500 MXN" in middle
    # What a record says no more has changed too.
    assert "Falta de luz. –" in middle
    assert "2500" not in first
    assert "· cited" in first
    assert "· cited" not in latest + middle
    assert f"cited with the SHA-256 {amended[0][:16]}… is marked below" in text_of(page)


def test_the_record_of_a_state_is_a_file(client, amended):
    then = client.get(f"/process/earlier.json?ocid={OCID}&cited={amended[0][:16]}")
    assert json.loads(then.content)["contracts"][0]["value"]["amount"] == 1000
    assert json.loads(then.content)["planning"] == {"rationale": "Falta de luz."}
    assert client.get(f"/process/earlier.json?ocid={OCID}&cited={'0' * 16}").status_code == 404
    assert client.get(f"/process/earlier.json?ocid={OCID}").status_code == 404


def test_contact_persons_are_removed_from_every_state(client, amended):
    shown = get(client, PAGE) + "".join(
        client.get(f"/process/earlier.json?ocid={OCID}&cited={digest}").content.decode() for digest in amended
    )
    assert "Persona" not in shown
    assert "ana@" not in shown


def test_an_unknown_hash_is_reported(client, amended):
    page = text_of(get(client, f"{PAGE}&cited=00000000deadbeef&lang=en"))
    assert "No state shown here has the SHA-256 00000000deadbeef" in page
    assert "No state shown here" not in get(client, f"{PAGE}&cited=<b>deadbeef&lang=en")
    assert "reads records differently since then, so those of earlier states may differ" not in page


def test_a_record_published_by_an_earlier_version_is_reported(client, amended):
    ContractingProcess.objects.update(digest=b"\0" * 32)
    assert "is not that of the published record" in text_of(get(client, f"{PAGE}&lang=en"))


def test_only_the_latest_states_are_shown_and_none_of_a_large_record(client, amended, monkeypatch):
    monkeypatch.setattr(earlier, "MAX_STATES", 2)
    page = text_of(get(client, f"{PAGE}&lang=en"))
    assert amended[0] not in page
    assert {amended[1], amended[2]} <= set(page.split())
    assert "1 earlier arrival is not shown" in page
    monkeypatch.setattr(states, "MAX_BYTES", 10)
    page = text_of(get(client, f"{PAGE}&lang=en"))
    assert "too large to show its states" in page
    assert amended[2] not in page


def test_only_public_records_have_states(client, amended):
    get(client, "/process/earlier/?ocid=ocds-none", status=404)
    get(client, "/process/earlier/", status=404)
    ContractingProcess.objects.update(verification="retired")
    get(client, PAGE, status=410)
    assert client.get(f"/process/earlier.json?ocid={OCID}&cited={amended[2]}").status_code == 404


def test_an_ocid_that_no_path_can_hold_is_cited_by_query(client, buy):
    buy(purchase(1) | {"ocid": "ocds-test01-a/releases"})
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    page = text_of(get(client, "/process/?ocid=ocds-test01-a/releases&lang=en"))
    assert f"/process/?ocid=ocds-test01-a%2Freleases&cited={digest[:16]} (read" in page
    assert digest in get(client, "/process/earlier/?ocid=ocds-test01-a/releases")


def test_a_question_links_the_record_as_it_was_confirmed(client, buy, confirm):
    buy(purchase(1, title=TITLE))
    flag = confirm("T01")
    digest = bytes(ContractingProcess.objects.get().digest).hex()
    assert "has changed since this was confirmed" not in get(client, f"/flags/{flag.pk}/?lang=en")
    buy(purchase(1, title=TITLE, amount=2500) | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    page = get(client, f"/flags/{flag.pk}/?lang=en")
    assert "has changed since this was confirmed" in page
    assert f'href="{PAGE}&amp;cited={digest}&amp;lang=en#{digest[:16]}"' in page
