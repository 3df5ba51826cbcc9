"""The tax and identity numbers of natural persons are shown to the desk, and to nobody else."""

import gzip
import hashlib
import io
import json
import zipfile

import pytest
from arro3.io import read_parquet
from django.contrib.auth.models import Group
from django.urls import reverse

from audits.dumps import writing
from audits.models import Audit, Flag, LexiconTerm
from audits.reports.publishing import publish_figures
from contracts.intake.rows.masking import mask_stored
from contracts.models import ContractingProcess, Organization, Party, Publisher, Release, Submission
from contracts.ocds.gate.document import decode_stored, encode
from tests.support.auditing import audit_due
from tests.support.buying import TERMS, TITLE
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release

OCID = "ocds-test01-1"
PERSON, OTHER, CARD, NAMELESS = "52998224725", "39053344705", "1012362575", "11144477735"
WRITTEN = "529.982.247-25"
NUMBERS = (PERSON, WRITTEN, OTHER, CARD, NAMELESS, "529.982", "98224725")
MASK, FIRM = "***.982.247-**", "11222333000181"
PARTIES = [
    {
        "id": "B",
        "name": "Município de Prova",
        "identifier": {"scheme": "BR-CNPJ", "id": "11444777000161"},
        "address": {"countryName": "Brasil"},
        "roles": ["buyer"],
    },
    {
        "id": f"BR-CPF-{PERSON}",
        "name": "Ana Pessoa Fictícia",
        "identifier": {"scheme": "CPF", "id": WRITTEN, "legalName": "Ana Pessoa Fictícia"},
        "additionalIdentifiers": [{"scheme": "CO-CC", "id": CARD}],
        "roles": ["supplier", "tenderer"],
        "details": {"cpf": int(PERSON)},
    },
    {"id": OTHER, "name": "Rui Pessoa Fictício", "identifier": {"id": OTHER}, "roles": ["tenderer"]},
    {"id": f"BR-CPF-{NAMELESS}", "roles": ["tenderer"]},
    {
        "id": "F",
        "name": "Fornecedora Fictícia Ltda",
        "identifier": {"scheme": "BR-CNPJ", "id": FIRM},
        "roles": ["tenderer"],
    },
]


@pytest.fixture
def record(db, settings) -> dict:
    terms = (LexiconTerm(concept=concept, language="es", term=term) for concept, term in TERMS.items())
    LexiconTerm.objects.bulk_create(terms)
    settings.VEEDOR_PUBLICATION = "all"
    sent = release(OCID, buyer={"id": "B", "name": "Município de Prova"}, parties=PARTIES, language="es")
    sent["tender"] |= {
        "title": TITLE,
        "procurementMethod": "direct",
        "tenderers": [{"id": party["id"]} for party in PARTIES[1:]],
        "value": {"amount": 1000, "currency": "BRL"},
    }
    sent["awards"][0]["suppliers"] = [{"id": f"BR-CPF-{PERSON}", "name": "Ana Pessoa Fictícia"}]
    # Who has no name is called by an id.
    second = {"id": "A2", "suppliers": [{"id": f"BR-CPF-{NAMELESS}"}]}
    sent["awards"].append({**sent["awards"][0], **second})
    sent["contracts"].append({**sent["contracts"][0], "id": "C2", "awardID": "A2"})
    load(sent)
    audit_due()
    publish_figures()
    return sent


@pytest.fixture
def auditor(db):
    user = new_user("auditor")
    user.groups.add(Group.objects.get(name="Auditors"))
    return client_with_token(user, "read", "review")


def text_of(answer) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
    return content.decode()


def parquet_text(path) -> str:
    read = read_parquet(str(path)).read_all()
    names = [field.name for field in read.schema]
    return str([value.as_py() for name in names for piece in read.column(name).chunks for value in piece])


def numbers_in(text: str) -> set[str]:
    return {number for number in NUMBERS if number in text}


def person() -> Organization:
    return Organization.objects.get(key=f"CPF:{PERSON}")


def addresses() -> list[str]:
    lists = ("contracts", "contracting-processes", "organizations", "flags")
    pk, flags = person().pk, list(Flag.objects.values_list("pk", flat=True))
    assert flags
    return [
        *(f"/api/v1/flags/{flag}/" for flag in flags),
        *(f"/flags/{flag}/" for flag in flags),
        "/api/v1/flags.xlsx?sheet=evidence",
        *(f"/api/v1/{name}/" for name in lists),
        *(f"/api/v1/{name}.{kind}" for name in lists for kind in ("csv", "jsonl", "xlsx")),
        "/api/v1/contracts.ftm",
        "/api/v1/contracts/?include=parties",
        "/api/v1/contracts.csv?include=parties",
        "/api/v1/contracting-processes/?include=parties",
        "/api/v1/contracts/sums/?by=supplier",
        *(f"/api/v1/organizations/{row.pk}/" for row in Organization.objects.all()),
        f"/api/v1/contracting-processes/{OCID}/",
        f"/api/v1/contracting-processes/{OCID}/releases/",
        f"/api/v1/ocds/records/{OCID}/?versioned=1",
        f"/api/v1/ocds/records/{OCID}/?as_of=2024-03-02",
        "/api/v1/ocds/releases/",
        f"/api/v1/contracts/?supplier=CPF:{PERSON}",
        f"/api/v1/reconcile/flyout/?id={pk}",
        f"/processes/{OCID}/",
        f"/process/earlier/?ocid={OCID}",
        *(f"/organizations/{row.pk}/" for row in Organization.objects.all()),
        "/search/?in=organizations&q=ficticia",
        "/search/?in=contracts&q=camaras",
        "/search/feed.atom",
        "/sitemap.xml",
        "/data/",
        "/",
        f"/compare/?q=pessoa&organization={pk}",
    ]


def test_nobody_but_the_desk_reads_a_number(record, anonymous, sender, auditor):
    shown = set()
    for address in addresses():
        for client in (anonymous, sender):
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            text = text_of(answer)
            if f"CPF:{PERSON}" in address:  # What was asked for stands in the warning.
                text = text.replace(f"CPF:{PERSON}", "")
            assert not numbers_in(text), address
        shown |= numbers_in(text_of(auditor.get(address)))
    assert {PERSON, WRITTEN, OTHER, CARD} <= shown


def test_names_and_numbers_of_firms_stay(record, anonymous):
    listed = {row["name"]: row for row in anonymous.get("/api/v1/organizations/").json()["results"]}
    pk = person().pk
    row = listed["Ana Pessoa Fictícia"]
    assert (row["key"], row["scheme"], row["identifier"]) == (f"id:{pk}", "CPF", MASK)
    assert listed["Fornecedora Fictícia Ltda"]["key"] == f"BR-CNPJ:{FIRM}"
    contracts = {row["contract_id"]: row for row in anonymous.get("/api/v1/contracts/").json()["results"]}
    assert contracts["C"]["supplier_keys"] == [f"id:{pk}"]
    assert contracts["C2"]["suppliers"] == ["BR-CPF-***.444.777-**"]
    # The key that is shown finds what it is the key of.
    for value in (f"id:{pk}", pk, "Ana Pessoa Fictícia"):
        assert len(anonymous.get("/api/v1/contracts/", {"supplier": value}).json()["results"]) == 1
    assert anonymous.get("/api/v1/organizations/", {"key": f"id:{pk}"}).json()["results"] == [row]


def test_records_have_the_masks_and_their_references_still_hold(record, anonymous):
    for address in (f"/api/v1/contracting-processes/{OCID}/releases/", "/api/v1/ocds/releases/"):
        body = anonymous.get(address).json()
        sent = body["results"][0]["release"] if "results" in body else body["releases"][0]
        _buyer, ana, rui, nameless, firm = sent["parties"]
        assert ana["id"] == sent["awards"][0]["suppliers"][0]["id"] == f"BR-CPF-{MASK}"
        assert (ana["identifier"]["id"], ana["details"]["cpf"]) == (MASK, MASK)
        assert ana["additionalIdentifiers"][0]["id"] == "•••••575"
        assert rui["id"] == rui["identifier"]["id"] == "***.533.447-**"
        assert [row["id"] for row in sent["tender"]["tenderers"]] == [ana["id"], rui["id"], nameless["id"], "F"]
        assert firm == PARTIES[4]
    stored = Release.objects.get()
    assert PERSON in bytes(stored.content).decode()


@pytest.mark.parametrize("path", ["identifier={}", "key=CPF:{}", "q={}", "q=Ana+{}"])
@pytest.mark.parametrize("number", [PERSON, WRITTEN])
def test_who_knows_a_number_is_not_told_whether_it_is_here(record, anonymous, auditor, path, number):
    address = f"/api/v1/organizations/?{path.format(number)}"
    assert anonymous.get(address).json()["results"] == []
    if "Ana" not in path:
        assert [row["id"] for row in auditor.get(address).json()["results"]] == [person().pk]


@pytest.mark.parametrize("value", [f"CPF:{PERSON}", f"br-cpf:{WRITTEN}", PERSON, WRITTEN])
def test_a_number_as_a_filter_finds_nothing_and_says_so(record, anonymous, value):
    for number in (value, value.replace("5299", "5298")):
        body = anonymous.get("/api/v1/contracts/", {"supplier": number}).json()
        assert body["results"] == []
        assert "candidates" not in body
        assert "numbers_withheld" in [warning["code"] for warning in body["warnings"]]
    page = anonymous.get("/search/", {"in": "organizations", "q": value, "lang": "en"}).content.decode()
    assert "Nobody finds natural persons by their tax or identity numbers here" in page


def test_reconciliation_neither_finds_nor_confirms_a_number(record, anonymous, auditor):
    def asked(client, **query):
        answer = client.get("/api/v1/reconcile/", {"queries": json.dumps({"q": query})})
        return answer.json()["q"]["result"]

    given = [{"pid": "identifier", "v": PERSON}]
    assert asked(anonymous, properties=given) == []
    assert asked(auditor, properties=given)[0]["id"] == str(person().pk)
    by_name = [
        asked(anonymous, query="Ana Pessoa Fictícia", properties=[{"pid": "identifier", "v": number}])
        for number in (PERSON, OTHER)
    ]
    assert by_name[0][0]["score"] == by_name[1][0]["score"]
    assert not numbers_in(json.dumps(by_name[1]))
    rows = anonymous.get(
        "/api/v1/reconcile/",
        {"extend": json.dumps({"ids": [str(person().pk)], "properties": [{"id": "identifier"}, {"id": "key"}]})},
    ).json()["rows"]
    assert rows[str(person().pk)] == {"identifier": [{"str": MASK}], "key": [{"str": f"id:{person().pk}"}]}


def test_dumps_hold_no_number(record, settings, tmp_path):
    settings.VEEDOR_DUMPS = tmp_path / "dumps"
    settings.VEEDOR_SITE = "http://testserver"
    dump = writing.write_dump()
    read = 0
    for path in (settings.VEEDOR_DUMPS / dump.dump).rglob("*"):
        if path.suffix == ".gz":
            text = gzip.decompress(path.read_bytes()).decode()
        elif path.suffix == ".parquet":
            text = parquet_text(path)
        elif path.is_file():
            text = path.read_text()
        else:
            continue
        read += 1
        assert not numbers_in(text), path
    assert read > 10


def test_a_public_answer_is_not_kept_for_the_desk(record, anonymous, auditor):
    address = f"/api/v1/organizations/{person().pk}/"
    answer = anonymous.get(address)
    assert auditor.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


def test_stored_organizations_are_masked_after_an_upgrade(record, anonymous):
    before = dict(Organization.objects.values_list("pk", "masked"))
    assert set(before.values()) == {"", MASK, "***.533.447-**", "BR-CPF-***.444.777-**"}
    Organization.objects.update(masked="")
    assert mask_stored() == 3
    assert dict(Organization.objects.values_list("pk", "masked")) == before
    assert mask_stored() == 0
    assert Party.objects.filter(party_id=f"BR-CPF-{PERSON}").exists()
    assert reverse("organization-page", args=[person().pk])


def test_no_public_digest_is_of_what_is_masked(record, anonymous, auditor):
    """Who knows a record but for a few masked digits could try them: of a CPF five, two of them check digits."""
    process, audit = ContractingProcess.objects.get(), Audit.objects.filter(process__isnull=False).first()
    whole = {bytes(row).hex() for row in (process.digest, Release.objects.get().digest, audit.dossier_digest)}
    whole.add(Submission.objects.get().content_id)
    contract = anonymous.get("/api/v1/contracts/").json()["results"][0]["url"]
    signed = [f"/flags/{Flag.objects.first().pk}/signed.json", f"/process/signed.json?ocid={OCID}"]
    shown = ""
    for address in [*addresses(), contract, *signed]:
        answer = anonymous.get(address)
        assert answer.status_code == 200, address
        text = text_of(answer)
        assert [digest for digest in whole if digest[:16] in text] == [], address
        shown += text_of(auditor.get(address))
    assert all(digest in shown for digest in whole - {Submission.objects.get().content_id})
    digits = bytes(process.digest).hex()[:16]
    assert anonymous.get(f"/process/earlier.json?ocid={OCID}&cited={digits}").status_code == 404
    assert "changed since it was cited" in text_of(anonymous.get(f"/processes/{OCID}/?cited={digits}&lang=en"))


def test_public_digests_can_be_computed_from_what_is_public(record, anonymous, auditor):
    def digest(value) -> str:
        return hashlib.sha256(encode(value)).hexdigest()

    def read(client, address):
        return decode_stored(text_of(client.get(address)))

    process = read(anonymous, f"/api/v1/contracting-processes/{OCID}/")
    cited = process["cite"]["sha256"]
    assert cited == digest(process["compiled_release"])
    assert read(anonymous, f"/process/earlier.json?ocid={OCID}&cited={cited}") == process["compiled_release"]
    assert "still says what was cited" in text_of(anonymous.get(f"/processes/{OCID}/?cited={cited[:16]}&lang=en"))
    for client in (anonymous, auditor):
        (row,) = read(client, f"/api/v1/contracting-processes/{OCID}/releases/")["results"]
        assert row["digest"] == digest(row["release"])
        flag = Flag.objects.filter(process__isnull=False).first()
        assert read(client, f"/api/v1/flags/{flag.pk}/")["cite"]["sha256"] == cited
    assert read(anonymous, f"/api/v1/flags/{flag.pk}/")["release_digest"] == cited
    # What was read before the record was amended keeps its digest.
    load(record | {"id": "2", "date": "2031-01-01T00:00:00Z", "language": "pt"})
    assert read(anonymous, f"/api/v1/flags/{flag.pk}/")["release_digest"] == cited
    assert read(anonymous, f"/api/v1/contracting-processes/{OCID}/")["cite"]["sha256"] != cited


def test_the_country_of_the_publisher_says_whose_numbers_they_are(db, anonymous, settings, tmp_path):
    Publisher.objects.create(slug="co", name="Portal", country="CO", ocid_prefix="ocds-test01")
    sent = release(
        OCID,
        buyer={"id": "B", "name": "Alcaldía Ficticia"},
        parties=[{"id": CARD, "name": "Ana", "roles": ["supplier"]}],
    )
    sent["awards"][0]["suppliers"] = [{"id": CARD, "name": "Ana"}]
    for part in (sent["awards"][0], sent["contracts"][0]):
        part.pop("value", None)
    load(sent)
    assert CARD in bytes(Release.objects.get().content).decode()
    settings.VEEDOR_DUMPS, settings.VEEDOR_SITE = tmp_path / "dumps", "http://testserver"
    dump = writing.write_dump()
    texts = [gzip.decompress(path.read_bytes()).decode() for path in (settings.VEEDOR_DUMPS / dump.dump).rglob("*.gz")]
    for address in (
        f"/processes/{OCID}/",
        f"/api/v1/contracting-processes/{OCID}/",
        f"/api/v1/contracting-processes/{OCID}/releases/",
        f"/api/v1/ocds/records/{OCID}/",
        "/api/v1/ocds/releases/",
    ):
        texts.append(text_of(anonymous.get(address)))
        assert CARD not in texts[-1], address
    assert all(CARD not in text for text in texts)
