"""Merged organizations in lists, details, sums, figures, changes, files and pages."""

import json

import pytest

from audits.desk import flags_under
from audits.engine.cohorts import refresh_cohorts
from audits.models import Flag, Participation, Purchase, Reply, Suppression
from contracts.models import SameBodyDecision, Submission
from tests.support.clients import client_with_token, new_user
from tests.support.merging import decide, organization
from tests.support.purchases import ask_of_short_histories, audit, purchase
from tests.support.records import load

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture
def merged(bought):
    kept, gone = bought
    return kept, gone, decide(kept, gone)


def results(anonymous, address):
    answer = anonymous.get(f"{API}{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_the_address_of_a_merged_organization_redirects(anonymous, client, merged):
    kept, gone, _pair = merged
    answer = anonymous.get(f"{API}organizations/{gone.pk}/?fields=id,key")
    assert (answer.status_code, answer["Location"]) == (308, f"{API}organizations/{kept.pk}/?fields=id,key")
    assert anonymous.head(f"{API}organizations/{gone.pk}/").status_code == 308
    for page in ("", "value.csv"):
        answer = client.get(f"/organizations/{gone.pk}/{page}?lang=es")
        assert (answer.status_code, answer["Location"]) == (308, f"/organizations/{kept.pk}/{page}?lang=es")
        assert "no-cache" in answer["Cache-Control"], "browsers would go there after they are parted"
    page = client.get(f"/organizations/{kept.pk}/?lang=en").content.decode()
    assert "The same body under other names or numbers" in page
    assert "PE-RUC:10S2" in page
    assert client.get(f"/reply/?organization={gone.pk}").status_code == 200
    assert f"/organizations/{kept.pk}/" in client.get(f"/compare/?organization={gone.pk}").content.decode()
    assert anonymous.get(f"{API}organizations/{gone.pk + 1000}/").status_code == 404


def test_lists_find_merged_organizations_by_any_id_key_or_name(anonymous, merged):
    kept, gone, _pair = merged
    for supplier in (kept.pk, gone.pk, "PE-RUC:10S2", "pe-ruc:10-S1"):
        for rows in ("contracts", "contracting-processes"):
            assert len(results(anonymous, f"{rows}/?supplier={supplier}")) == 5
    found = results(anonymous, "contracts/")
    assert {tuple(row["supplier_ids"]) for row in found} == {(kept.pk,)}
    assert {name for row in found for name in row["suppliers"]} == {"Empresa S1", "Empresa S2"}  # as the records say
    for asked in ("key=PE-RUC:10S2", "identifier=10S2", "q=empresa S2", "identifier=10-S1"):
        assert [row["id"] for row in results(anonymous, f"organizations/?{asked}")] == [kept.pk], asked
    assert gone.pk not in {row["id"] for row in results(anonymous, "organizations/")}


def test_the_detail_has_names_numbers_and_sums_of_merged_organizations(anonymous, merged):
    kept, gone, _pair = merged
    body = anonymous.get(f"{API}organizations/{kept.pk}/").json()
    assert [(row["id"], row["key"], row["name"]) for row in body["merged"]] == [(gone.pk, "PE-RUC:10S2", "Empresa S2")]
    assert body["names"] == [
        {"name": "Empresa S2", "key": "PE-RUC:10S2", "processes": 3},
        {"name": "Empresa S1", "key": "PE-RUC:10S1", "processes": 2},
    ]
    assert [(row["year"], row["currency"], row["contracts"], row["amount"]) for row in body["supplied"]] == [
        (2024, "PEN", 5, "1500")
    ]
    assert body["contracts_supplied"] == 5


def ask_about_dependence():
    """Let T08 ask of records that are few, with the months of their source."""
    ask_of_short_histories()
    refresh_cohorts()
    audit()


def dependence():
    """Percent and processes of the flags on dependence."""
    flags = Flag.objects.standing().filter(rule="T08")
    return [(flag.values["percent"], flag.values["processes"]) for flag in flags]


def test_shares_and_flags_include_merged_organizations(bought):
    kept, gone = bought
    ask_about_dependence()
    assert dependence() == [(60, 5)]
    pair = decide(kept, gone)
    assert set(Purchase.objects.values_list("supplier", flat=True)) == {kept.pk}
    suppliers = Participation.objects.filter(role="supplier")
    assert set(suppliers.values_list("organization", flat=True)) <= {kept.pk}
    assert dependence() == [(100, 5)]
    decide(pair, None, SameBodyDecision.Kind.PARTED)
    assert set(Purchase.objects.values_list("supplier", flat=True)) == {kept.pk, gone.pk}
    assert dependence() == [(60, 5)]


def test_changes_report_merges_and_separations(anonymous, merged):
    _kept, gone, pair = merged
    decide(pair, None, SameBodyDecision.Kind.PARTED)
    told = [row for row in results(anonymous, "changes/") if row["organization_id"]]
    assert [(row["kind"], row["organization_id"]) for row in told] == [
        ("organization_merged", gone.pk),
        ("organization_parted", gone.pk),
    ]
    assert {row["organization_url"] for row in told} == {f"{API}organizations/{gone.pk}/"}
    assert len(results(anonymous, "changes/?kind=organization_parted")) == 1
    # Records of other countries may name it too.
    assert len(results(anonymous, "changes/?country=MX&kind=organization_merged")) == 1
    # Nothing of what a record says is another.
    assert not [row for row in results(anonymous, "changes/") if row["kind"] == "amended"]
    assert anonymous.get(f"{API}organizations/{gone.pk}/").json()["id"] == gone.pk


def test_merges_of_organizations_only_in_claims_are_not_reported(anonymous, bought):
    held = purchase(9, suppliers=("S8", "S9"), buyer="B9")
    load(held, channel=Submission.Channel.API)
    decide(organization("Empresa S8"), organization("Empresa S9"))
    assert not [row for row in results(anonymous, "changes/") if row["organization_id"]]
    gone = organization("Empresa S9").pk
    assert anonymous.get(f"{API}organizations/{gone}/").status_code == 404
    auditor = client_with_token(new_user("auditor", "contracts.view_claim", "audits.view_flag"), "review")
    assert auditor.get(f"{API}organizations/{gone}/").status_code == 308
    assert [row for row in results(auditor, "changes/") if row["organization_id"] == gone]


def test_a_name_known_only_from_claims_stays_hidden_after_a_merge_into_a_public_one(anonymous, client, bought):
    kept, _other = bought
    load(purchase(9, suppliers=("S8",), buyer="B9"), channel=Submission.Channel.API)
    gone = organization("Empresa S8")
    decide(kept, gone)
    auditor = client_with_token(new_user("auditor", "contracts.view_claim", "audits.view_flag"), "review")

    def reconciled(reader):
        answer = reader.get(f"{API}reconcile/", {"queries": json.dumps({"q": {"query": "Empresa S8"}})}).json()
        return [(row["id"], row["match"]) for row in answer["q"]["result"]][:1]

    def told(reader):
        return [
            [row["id"] for row in reader.get(f"{API}organizations/{kept.pk}/").json()["merged"]],
            [row["id"] for row in results(reader, "organizations/?q=empresa S8")],
            [row["id"] for row in results(reader, "organizations/?identifier=10S8")],
            [row["organization_id"] for row in results(reader, "changes/") if row["organization_id"]],
            reconciled(reader) == [(str(kept.pk), True)],
            reader.get(f"{API}organizations/{gone.pk}/").status_code,
        ]

    assert told(anonymous) == [[], [], [], [], False, 404]
    assert told(auditor) == [[gone.pk], [kept.pk], [kept.pk], [gone.pk], True, 308]
    for page in ("", "value.csv"):
        assert client.get(f"/organizations/{gone.pk}/{page}").status_code == 404
    page = client.get(f"/organizations/{kept.pk}/?lang=en")
    assert page.status_code == 200
    assert "S8" not in page.content.decode()
    assert f"organization={kept.pk}" not in client.get("/compare/?q=Empresa S8").content.decode()


def test_reconciliation_returns_the_kept_organization(anonymous, merged):
    kept, gone, _pair = merged

    def asked(**query):
        answer = anonymous.get(f"{API}reconcile/", {"queries": json.dumps({"q": query})})
        return [(row["id"], row["name"]) for row in answer.json()["q"]["result"]]

    assert asked(query="Empresa S2")[0] == (str(kept.pk), "Empresa S1")
    assert asked(query="", properties=[{"pid": "identifier", "v": "10-S2"}]) == [(str(kept.pk), "Empresa S1")]
    assert len({pk for pk, _name in asked(query="Empresa")}) == len(asked(query="Empresa"))
    extended = {"ids": [str(gone.pk)], "properties": [{"id": "contracts_supplied"}, {"id": "name"}]}
    rows = anonymous.get(f"{API}reconcile/", {"extend": json.dumps(extended)}).json()["rows"]
    assert rows == {str(gone.pk): {"contracts_supplied": [{"int": 5}], "name": [{"str": "Empresa S1"}]}}
    assert "Empresa S1" in anonymous.get(f"{API}reconcile/flyout/?id={gone.pk}").json()["html"]
    suggested = anonymous.get(f"{API}autocomplete/organizations/?prefix=empresa s2").json()["result"]
    assert suggested[0]["id"] == str(kept.pk)


def test_files_name_the_kept_organization(anonymous, merged):
    kept, gone, _pair = merged
    lines = b"".join(anonymous.get(f"{API}contracts.ftm").streaming_content).splitlines()
    companies = [entity for entity in map(json.loads, lines) if "Empresa S1" in entity["properties"].get("name", [])]
    assert [entity["properties"]["alias"] for entity in companies] == [["Empresa S2"]]
    assert companies[0]["properties"]["registrationNumber"] == ["10S1", "10S2"]
    assert not any("Empresa S2" in json.loads(line)["properties"].get("name", []) for line in lines)
    rows = b"".join(anonymous.get(f"{API}contracts.csv?fields=supplier_ids").streaming_content).decode()
    assert str(kept.pk) in rows
    assert str(gone.pk) not in rows.split("#")[0].replace(str(kept.pk), "")


def test_flags_and_replies_survive_a_merge(anonymous, bought, settings):
    settings.VEEDOR_PUBLICATION = "all"
    kept, gone = bought
    first = Flag.objects.standing().first()
    values = {
        field.attname: getattr(first, field.attname)
        for field in Flag._meta.concrete_fields
        if field.attname not in ("id", "process_id", "organization_id", "fingerprint")
    }
    flag = Flag.objects.create(organization=gone, fingerprint=b"own", **values)
    decide(kept, gone)
    assert flag.pk in {row["id"] for row in anonymous.get(f"{API}organizations/{kept.pk}/").json()["flags"]}
    assert flag.pk in {row["id"] for row in results(anonymous, f"flags/?organization={kept.pk}")}
    assert not Reply.objects.exists()


def test_a_suppression_covers_merged_organizations(merged):
    _kept, gone, _pair = merged
    ask_about_dependence()
    owner = new_user("owner")
    Suppression.objects.create(
        rule="T08", organization=gone, role="supplier", until="2999-12-31", reason="Known.", owner=owner
    )
    flag = Flag.objects.standing().get(rule="T08")
    assert not Flag.objects.at_the_desk().filter(pk=flag.pk).exists()
    assert flags_under(Suppression.objects.get()).get() == flag


def test_population_figures_count_merged_organizations_once(merged):
    _kept, gone, _pair = merged
    refresh_cohorts()
    assert not refresh_cohorts().changed
    assert gone.pk not in set(Purchase.objects.values_list("supplier", flat=True))
