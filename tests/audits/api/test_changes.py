"""The feed of changes: everything once, in order, and only what the reader may see."""

import itertools
import threading
import time
from datetime import UTC, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audits.models import Flag, Review, RuleState
from audits.triage import review_flag
from contracts.api.protocol.rows.opaque import hidden, shown
from contracts.models import Change, ContractingProcess
from tests.support.auditing import audit_due
from tests.support.clients import client_with_token, new_user
from tests.support.records import load, release


def changes(client, address: str = "/api/v1/changes/") -> dict:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return response.json()


def follow(client, address: str = "/api/v1/changes/?limit=2") -> tuple[list[tuple], str]:
    """Return all changes from an address on, and where to go on."""
    found = []
    while True:
        answer = changes(client, address)
        found += [(row["kind"], row["ocid"], row["rule"]) for row in answer["results"]]
        address = answer["next"]
        if not answer["has_more"]:
            return found, address


@pytest.mark.django_db
class TestChanges:
    def test_records_are_created_amended_and_removed(self, anonymous):
        load(release())
        found, address = follow(anonymous)
        assert found == [("created", "ocds-test01-1", None)]
        assert follow(anonymous, address)[0] == []
        load(release(id="2", date="2024-05-01T00:00:00Z", language="es"))
        found, address = follow(anonymous, address)
        assert found == [("amended", "ocds-test01-1", None)]
        ContractingProcess.objects.update(verification="retired")
        found, _address = follow(anonymous, address)
        assert found == [("removed", "ocds-test01-1", None)]
        assert follow(anonymous)[0] == [("removed", "ocds-test01-1", None)], "nothing else is told of it any more"

    @pytest.mark.parametrize(
        ("before", "after", "told"),
        [
            pytest.param(["1"], ["1", "2"], ["document_added"], id="one more"),
            pytest.param(["1", "2"], ["1"], ["document_removed"], id="one less"),
            pytest.param(["1"], ["2"], ["document_added", "document_removed"], id="another"),
            pytest.param(["1"], ["1"], [], id="the same at another address"),
        ],
    )
    def test_added_and_removed_documents_are_reported(self, anonymous, before, after, told):
        def record(number, ids):
            documents = [{"id": one, "url": f"https://buyer.example/{number}/{one}.pdf"} for one in ids]
            tender = {"id": "T", "documents": [{"id": "1", "url": "https://buyer.example/bases.pdf"}]}
            contracts = [{"id": "C", "awardID": "A", "documents": documents}]
            date = f"2024-05-0{number}T00:00:00Z"
            return release(id=str(number), date=date, tag=["compiled"], tender=tender, contracts=contracts)

        load(record(1, before))
        _found, address = follow(anonymous)
        load(record(2, after))
        found, _address = follow(anonymous, address)
        assert found == [(kind, "ocds-test01-1", None) for kind in ("amended", *told)]

    def test_the_country_filter_includes_removed_records(self, flags, auditor):
        of_mexico = follow(auditor, "/api/v1/changes/?country=México")[0]
        assert of_mexico == follow(auditor)[0]
        assert {kind for kind, *_rest in of_mexico} >= {"created", "flag_raised"}
        cursor = changes(auditor, "/api/v1/changes/?since=now")["next"]
        of_peru = {"ocid": "ocds-test01-pe", "parties": [{"id": "B", "name": "Municipalidad", "roles": ["buyer"]}]}
        of_peru["parties"][0]["address"] = {"countryName": "Perú"}
        load(release(**of_peru))
        assert follow(auditor, cursor + "&country=MX")[0] == []
        assert follow(auditor, cursor + "&country=PE,BR")[0] == [("created", "ocds-test01-pe", None)]
        ContractingProcess.objects.filter(ocid="ocds-test01-pe").update(verification="retired")
        assert follow(auditor, cursor + "&country=MX")[0] == [("removed", "ocds-test01-pe", None)]
        assert auditor.get("/api/v1/changes/?country=Peruu").json()["errors"][0]["parameter"] == "country"
        written = auditor.get("/api/v1/changes.csv?country=MX")
        assert b"".join(written.streaming_content).decode().count("\n") == len(of_mexico) + 3

    def test_changes_have_the_titles_of_records_that_the_reader_may_see(self, flags, anonymous, settings):
        settings.VEEDOR_PUBLICATION = "reviewed"
        ContractingProcess.objects.filter(ocid="ocds-test01-2").update(verification="retired")
        found = changes(anonymous, "/api/v1/changes/")["results"]
        titles = dict(ContractingProcess.objects.values_list("ocid", "title")) | {"ocds-test01-2": None}
        assert {row["kind"] for row in found} >= {"created", "removed", "flag_decided"}
        for row in found:
            assert row["title"] == (None if row["kind"] == "removed" else titles[row["ocid"]]), row
        file = b"".join(anonymous.get("/api/v1/changes.csv").streaming_content).decode()
        assert file.splitlines()[0].startswith("kind,ocid,title,process_url,")

    def test_changes_of_unpublished_records_are_not_reported(self, anonymous, auditor):
        ContractingProcess.objects.create(
            ocid="ocds-held", digest=b"d", compiled_release={}, verification="unverified"
        )
        ContractingProcess.objects.update(verification="retired")
        assert follow(anonymous)[0] == follow(auditor)[0] == []

    def test_readers_get_changes_of_their_visible_flags(self, flags, settings, anonymous, auditor):
        settings.VEEDOR_PUBLICATION = "reviewed"
        told, address = follow(anonymous)
        assert [kind for kind, *_rest in told if kind.startswith("flag")] == ["flag_raised", "flag_decided"]
        assert [kind for kind, *_rest in follow(auditor)[0]].count("flag_raised") == 4
        review_flag(flag=flags["new"], reviewer=new_user("a"), decision=Review.Decision.CONFIRMED, reason="Yes")
        found, address = follow(anonymous, address)
        assert found == [("flag_decided", flags["new"].process.ocid, "R018")]
        flag = Flag.objects.get(pk=flags["new"].pk)
        review_flag(flag=flag, reviewer=new_user("b"), decision=Review.Decision.DISMISSED, reason="No")
        (row,) = changes(anonymous, address)["results"]
        assert (row["kind"], row["flag_id"]) == ("flag_removed", flag.pk)
        assert (row["rule"], row["state"], row["ocid"]) == (None, None, None)

    @pytest.mark.parametrize("country", ["", "MX"])
    def test_shadowing_a_rule_hides_and_restores_its_flags(self, flags, settings, anonymous, auditor, country):
        settings.VEEDOR_PUBLICATION = "all"
        Flag.objects.update(country="MX")
        seen = sorted((flags["new"], flags["needs_information"]), key=lambda flag: flag.pk)
        stood = sorted((*seen, flags["dismissed"]), key=lambda flag: flag.pk)
        _told, address = follow(anonymous, "/api/v1/changes/")
        state = RuleState.objects.create(rule="R018", country=country, value="shadow", source="s")
        rows = changes(anonymous, address)["results"]
        # What is confirmed stays; of what was dismissed it is said again that it is gone.
        assert [(row["kind"], row["flag_id"]) for row in rows] == [("flag_removed", flag.pk) for flag in stood]
        assert {row["ocid"] for row in rows} == {None}
        assert len(changes(auditor, address)["results"]) == 3
        leads = new_user("lead", "audits.view_flag", "audits.view_shadow_flags")
        shown = {row["kind"] for row in changes(client_with_token(leads, "read", "review"), address)["results"]}
        assert shown == {"flag_changed"}
        RuleState.objects.filter(pk=state.pk).update(source="t")
        assert changes(anonymous, address)["results"][3:] == [], "nothing but what changed is told"
        address = changes(anonymous, address)["next"]
        state.value = "live"
        state.save()
        told = {row["flag_id"]: row["kind"] for row in changes(anonymous, address)["results"]}
        # What was dismissed is gone, as it was before.
        back = {flag.pk: "flag_raised" for flag in seen} | {flags["dismissed"].pk: "flag_removed"}
        assert told == back
        state.delete()
        assert len(changes(anonymous, address)["results"]) == len(back)

    def test_the_state_of_a_country_overrides_the_global_state(self, flags, settings, anonymous):
        settings.VEEDOR_PUBLICATION = "all"
        Flag.objects.update(country="MX")
        RuleState.objects.create(rule="R018", country="MX", value="live", source="s")
        _told, address = follow(anonymous, "/api/v1/changes/")
        RuleState.objects.create(rule="R018", country="", value="shadow", source="s")
        assert changes(anonymous, address)["results"] == []
        RuleState.objects.filter(country="MX").update(country="PE")
        rows = changes(anonymous, address)["results"]
        assert [row["kind"] for row in rows] == ["flag_removed"] * 3

    @pytest.mark.parametrize(("publication", "told"), [("all", True), ("reviewed", False)])
    def test_late_readers_are_told_of_shadowed_flags(self, flags, settings, anonymous, publication, told):
        settings.VEEDOR_PUBLICATION = publication
        _told, address = follow(anonymous, "/api/v1/changes/")
        RuleState.objects.create(rule="R018", value="shadow", source="s")
        gone = (flags["new"].pk, flags["needs_information"].pk)
        Flag.objects.filter(pk=gone[0]).update(state="withdrawn", withdrawn_at=timezone.now())
        Flag.objects.filter(pk=gone[1]).update(state="dismissed", decision="dismissed")
        found = {(row["kind"], row["flag_id"]) for row in changes(anonymous, address)["results"]}
        assert {("flag_removed", pk) in found for pk in gone} == {told}

    @pytest.mark.parametrize("country", ["", "MX"])
    @pytest.mark.parametrize("publication", ["all", "reviewed"])
    def test_retiring_a_shadowed_rule_reports_nothing(self, settings, anonymous, auditor, publication, country):
        settings.VEEDOR_PUBLICATION = publication
        RuleState.objects.create(rule="R018", value="shadow", source="s")
        load(release())
        Flag.objects.all().delete()
        audit_due()
        assert Flag.objects.filter(rule="R018").update(country="MX") == 1
        followed = [follow(reader, "/api/v1/changes/") for reader in (anonymous, auditor)]
        if country:
            # What is retired in one country was for leads, as everywhere.
            RuleState.objects.create(rule="R018", country=country, value="retired", source="s")
        else:
            RuleState.objects.update(value="retired")
        RuleState.objects.filter(country=country).update(source="t")
        assert not Flag.objects.out_of_shadow().exists()
        assert [follow(anonymous, followed[0][1])[0], follow(auditor, followed[1][1])[0]] == [[], []]
        # The next audit withdraws it.
        Flag.objects.update(state="withdrawn", withdrawn_at=timezone.now())
        assert [follow(anonymous, followed[0][1])[0], follow(auditor, followed[1][1])[0]] == [[], []]
        RuleState.objects.all().delete()
        RuleState.objects.create(rule="R018", value="live", source="s")
        RuleState.objects.update(value="retired")
        assert Flag.objects.out_of_shadow().exists(), "retired from live it stays where it was"

    def test_flags_of_a_shadowed_rule_are_never_reported(self, settings, anonymous):
        settings.VEEDOR_PUBLICATION = "all"
        RuleState.objects.create(rule="R018", value="draft", source="s")
        load(release())
        RuleState.objects.update(value="shadow")
        audit_due()
        assert Flag.objects.filter(rule="R018").exists()
        assert {kind for kind, *_rest in follow(anonymous)[0] if kind.startswith("flag")} == set()

    def test_without_published_flags_none_are_reported(self, flags, settings, anonymous):
        settings.VEEDOR_PUBLICATION = "none"
        assert {kind for kind, *_rest in follow(anonymous)[0]} == {"created"}

    def test_cursors_do_not_reveal_the_number_of_changes(self, flags, anonymous):
        cursors = [row["cursor"] for row in changes(anonymous)["results"]]
        assert all(len(cursor) == 16 for cursor in cursors)
        gaps = {int(later, 16) - int(earlier, 16) for earlier, later in itertools.pairwise(cursors)}
        assert min(map(abs, gaps)) > 1000
        for number in (0, 1, 2**40, 2**64 - 1):
            assert shown(hidden(number)) == number

    def test_a_cursor_can_start_now(self, anonymous):
        load(release())
        answer = changes(anonymous, "/api/v1/changes/?since=now")
        assert answer["results"] == []
        load(release("ocds-test01-2"))
        assert follow(anonymous, answer["next"])[0] == [("created", "ocds-test01-2", None)]

    def test_a_cursor_can_start_at_a_day(self, anonymous, settings):
        for number in (1, 2, 3):
            load(release(f"ocds-test01-{number}"))
        days = {"ocds-test01-1": "2026-10-31T23:59Z", "ocds-test01-2": "2026-11-01T00:00Z"}
        for ocid, moment in days.items():
            Change.objects.filter(ocid=ocid).update(at=moment)
        today = timezone.now().astimezone(UTC).date()
        later = {"2026-11-02": [3], "2026-11-01": [2, 3], "2026-10-31": [1, 2, 3], str(today): [3]}
        for day, numbers in later.items():
            found, end = follow(anonymous, f"/api/v1/changes/?since={day}")
            assert [ocid for _kind, ocid, _rule in found] == [f"ocds-test01-{number}" for number in numbers]
            assert follow(anonymous, end)[0] == []
        assert follow(anonymous, f"/api/v1/changes/?since={today + timedelta(days=1)}")[0] == []
        lines = b"".join(anonymous.get("/api/v1/changes.csv?since=2026-11-01"))
        assert lines.count(b"created") == 2

    @pytest.mark.parametrize("since", ["now", "today", "tomorrow", 2, 3, 103])
    def test_hidden_changes_leave_responses_unchanged(self, anonymous, auditor, monkeypatch, since):
        """A cursor that is another one, or an end that is farther, would tell to the second when somebody sent it."""
        monkeypatch.setattr("audits.api.changes.MAX_LOOKED_AT", 100)
        load(release())
        load(release(id="2", date="2024-05-01T00:00:00Z", language="es"))
        for change, number in zip(Change.objects.numbered(), (3, 103), strict=True):
            Change.objects.filter(pk=change.pk).update(number=number, at=timezone.now() - timedelta(days=1))
        today = timezone.now().astimezone(UTC).date()
        days = {"now": "now", "today": today, "tomorrow": today + timedelta(days=1)}
        address = f"/api/v1/changes/?since={days.get(since) or hidden(since)}"
        before, known = anonymous.get(address), changes(auditor, "/api/v1/changes/?since=now")["next"]
        load(release("ocds-held"), channel="form")
        audit_due()
        heard = {(row["kind"], row["ocid"]) for row in changes(auditor, known)["results"]}
        assert ("flag_raised", ContractingProcess.objects.get(claim__isnull=False).ocid) in heard
        after = anonymous.get(address)
        assert (after.json(), after["ETag"]) == (before.json(), before["ETag"])

    def test_one_kind_has_the_same_page_size_as_all(self, anonymous):
        for number in range(3):
            load(release(f"ocds-test01-{number}"))
            load(release(f"ocds-test01-{number}", id="2", date="2024-05-01T00:00:00Z", language="es"))
        first = changes(anonymous, "/api/v1/changes/?kind=amended&limit=2")
        assert [row["ocid"] for row in first["results"]] == ["ocds-test01-0", "ocds-test01-1"]
        assert first["has_more"]
        assert [ocid for _kind, ocid, _rule in follow(anonymous, first["next"])[0]] == ["ocds-test01-2"]

    def test_many_changes_are_numbered_in_chunks(self, monkeypatch):
        monkeypatch.setattr("contracts.models.change.SLICE", 2)
        for number in range(5):
            ContractingProcess.objects.create(ocid=f"ocds-{number}", digest=b"d", compiled_release={})
        numbers = list(Change.objects.numbered().values_list("number", "ocid"))
        assert [ocid for _number, ocid in numbers] == [f"ocds-{number}" for number in range(5)]
        assert [number - numbers[0][0] for number, _ocid in numbers] == list(range(5))

    def test_many_hidden_changes_do_not_block_later_ones(self, anonymous, monkeypatch):
        for number in range(7):
            ContractingProcess.objects.create(ocid=f"ocds-{number}", digest=b"d", compiled_release={})
        hidden_ones = [f"ocds-{number}" for number in range(1, 6)]
        ContractingProcess.objects.filter(ocid__in=hidden_ones).delete()
        seen = [("created", "ocds-0", None), ("created", "ocds-6", None)]
        address = f"/api/v1/changes/?limit=1&since={hidden(Change.objects.numbered()[0].number - 1)}"
        assert follow(anonymous, address)[0] == seen
        monkeypatch.setattr("audits.api.changes.MAX_LOOKED_AT", 3)
        found, end = follow(anonymous, address)
        assert (found, follow(anonymous, end)[0]) == (seen, [])
        first = changes(anonymous, address.replace("limit=1", "limit=2"))
        empty = changes(anonymous, first["next"])
        assert ([row["ocid"] for row in first["results"]], first["has_more"]) == (["ocds-0"], True)
        assert (empty["results"], empty["has_more"]) == ([], True)
        lines = b"".join(anonymous.get(address.replace("changes/", "changes.csv").replace("limit=1&", "")))
        assert lines.count(b"created") == 2

    def test_a_foreign_cursor_is_refused(self, anonymous, settings):
        load(release())
        last = Change.objects.numbered().last().number
        cursor = hidden(last)
        assert changes(anonymous, f"/api/v1/changes/?since={cursor}")["results"] == []
        restored = anonymous.get(f"/api/v1/changes/?since={hidden(last + 1)}")  # a backup that knows fewer changes
        for number in range(20):
            settings.SECRET_KEY = f"another key {number}"
            refused = anonymous.get(f"/api/v1/changes/?since={cursor}")
            assert {refused.status_code, restored.status_code} == {400}
            assert refused.json()["errors"][0]["code"] == "invalid_cursor"

    @pytest.mark.parametrize(
        "query",
        [
            "since=x",
            "since=2026-02-30",
            "since=2026-11",
            "since=zzzzzzzzzzzzzzzz",
            "limit=0",
            "limit=501",
            "kind=born",
            "q=a",
        ],
    )
    def test_invalid_parameters_are_refused(self, anonymous, query):
        assert anonymous.get(f"/api/v1/changes/?{query}").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_followers_miss_nothing_and_see_nothing_twice_during_concurrent_writes():
    """Writers begin in one order and commit in another; whoever polls meanwhile sees each change once."""
    writers, each, met, is_over = 4, 6, [], threading.Event()

    def write(number: int) -> None:
        try:
            for step in range(each):
                with transaction.atomic():
                    ContractingProcess.objects.create(ocid=f"ocds-{number}-{step}", digest=b"d", compiled_release={})
                    time.sleep(0.002 * ((number * 7 + step * 3) % 9))
        finally:
            connection.close()

    def poll() -> None:
        try:
            last = 0
            while True:
                is_last = is_over.is_set()
                for change in Change.objects.numbered().filter(number__gt=last):
                    met.append(change.ocid)
                    last = change.number
                if is_last:
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    pollers = [threading.Thread(target=poll)]
    for thread in (*pollers, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    is_over.set()
    pollers[0].join()

    expected = {f"ocds-{number}-{step}" for number in range(writers) for step in range(each)}
    assert sorted(met) == sorted(expected)
    assert Change.objects.filter(number=None).count() == 0
