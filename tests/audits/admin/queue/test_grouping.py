"""A contract is one row of the queue, with chips of its other questions; the walk takes them one after the other."""

import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from audits import groups
from audits.admin.queue.addresses import FILTERS
from audits.admin.queue.walk import ROW
from audits.models import Flag, Review
from contracts.models import ContractingProcess
from contracts.pages.display import admin_url
from tests.audits.admin.desk import LIST, RULES, contract, send


def rows(client: Client, **query: str) -> list[tuple[int, list[int]]]:
    """The rows of the list: the flag that stands for it, and those beside it."""
    listed = client.get(LIST, query).context["cl"].result_list
    return [(flag.pk, [other.pk for other in flag.beside]) for flag in listed]


def page(flag: Flag) -> str:
    return str(admin_url(Flag, flag.pk))


def following(client: Client, flag: Flag, **query: str) -> str:
    address: str = client.get(page(flag), query).context["next_url"]
    return address


def key_in(address: str) -> int:
    return int(re.search(r"/flag/(\d+)/change/", address)[1])


def test_a_contract_is_one_row_of_its_gravest_question_with_chips_of_the_others(auditor):
    first, second = contract(*RULES), contract("R018")
    assert rows(auditor) == [(first["T01"].pk, [first["R018"].pk, first["R010"].pk]), (second["R018"].pk, [])]
    html = auditor.get(LIST, headers={"accept-language": "en"}).content.decode()
    chip = re.search(r'<a href="([^"]+)" class="chip mark medium">R018 medium</a>', html)
    assert chip[1] == page(first["R018"])
    assert "2 contracts or organizations" in html


def test_a_row_has_only_questions_that_match_the_filters(auditor):
    first = contract(*RULES)
    assert rows(auditor, severity="low") == [(first["R010"].pk, [])]
    assert rows(auditor, order="newest") == [
        (max(flag.pk for flag in first.values()), sorted((flag.pk for flag in first.values()), reverse=True)[1:])
    ]
    Flag.objects.filter(pk=first["T01"].pk).update(state="dismissed")
    assert rows(auditor) == [(first["R018"].pk, [first["R010"].pk])]
    # What is asked for with another state is history: each flag is a row.
    assert len(rows(auditor, state="all")) == 3
    chip = auditor.get(LIST, {"severity": ["low", "medium"], "country": "MX"}).context["cl"].result_list[0].href
    assert FILTERS in chip


def test_questions_of_an_organization_are_one_row_too(auditor):
    flags = contract("R018", "R010")
    buyer = ContractingProcess.objects.get().buyer_id
    Flag.objects.update(process=None, organization=buyer)
    assert rows(auditor) == [(flags["R018"].pk, [flags["R010"].pk])]


def test_identical_questions_of_grouped_contracts_stay_folded(auditor):
    first, twin = contract("R018", "T01", words="same"), contract("R018", words="same")
    other = contract("R018", "R010", words="same")
    # Two of the contracts ask nothing of their own but R010: the third one keeps a row, and shows what is folded.
    assert rows(auditor) == [(first["T01"].pk, [first["R018"].pk]), (other["R010"].pk, [other["R018"].pk])]
    assert twin["R018"].cause == first["R018"].cause
    listed = auditor.get(LIST).context["cl"].result_list
    assert [[flag.alike for flag in row.beside] for row in listed] == [[3], [3]]
    assert "R018 medium ×3</a>" in auditor.get(LIST, headers={"accept-language": "en"}).content.decode()


def test_the_queue_continues_with_the_same_contract_then_the_next(auditor):
    lesser, first = contract("R018", "R010"), contract(*RULES)
    walked, address = [], page(first["T01"])
    for _step in range(5):
        walked.append(key_in(address))
        answer = send(auditor, address, "dismissed")
        assert answer.status_code == 302
        address = answer["Location"]
    assert address == LIST
    assert walked == [first["T01"].pk, first["R018"].pk, first["R010"].pk, lesser["R018"].pk, lesser["R010"].pk]


def test_the_queue_returns_to_skipped_rows_at_the_end(auditor):
    last, middle, first = contract("R010"), contract("R018"), contract("T01", "R010")
    address = following(auditor, first["T01"])
    assert (key_in(address), f"{ROW}={first['T01'].pk}" in address) == (first["R010"].pk, True)
    # From the lesser question it goes on from the row, not from the question's own place.
    assert key_in(following(auditor, first["R010"], **{ROW: str(first["T01"].pk)})) == middle["R018"].pk
    assert key_in(following(auditor, middle["R018"])) == last["R010"].pk
    # After the last one it begins anew.
    assert key_in(following(auditor, last["R010"])) == first["T01"].pk


def test_the_last_question_of_the_queue_has_none_after_it(auditor):
    only = contract("R018")
    assert following(auditor, only["R018"]) == ""
    both = contract("T01", "R010")
    Flag.objects.filter(pk=only["R018"].pk).update(state="dismissed")
    assert key_in(following(auditor, both["R010"])) == both["T01"].pk


def test_all_questions_of_a_contract_are_decided_on_together(auditor):
    first, other = contract(*RULES), contract("R018")
    html = auditor.get(page(first["R010"])).content.decode()
    assert "Decide on all questions of this contract together" in html
    assert "Decide on all questions" not in auditor.get(page(other["R018"])).content.decode()
    leads = auditor.get(reverse("admin:audits_flag_together"), {"contract_of": first["R010"].pk})
    shown = auditor.get(leads["Location"]).content.decode()
    assert [page(flag) in shown for flag in (*first.values(), *other.values())] == [True, True, True, False]
    chosen = {"action": "decide_contracts", "_selected_action": [first["T01"].pk], "index": 0}
    assert auditor.post(LIST, chosen)["Location"].split("flags=")[1] == leads["Location"].split("flags=")[1]


def chosen(client: Client, action: str, *flags: Flag):
    return client.post(LIST, {"action": action, "_selected_action": [flag.pk for flag in flags], "index": 0})


def test_a_row_that_was_decided_meanwhile_chooses_its_contract_and_nothing_else(auditor):
    first, alone = contract(*RULES), contract("R018")
    contract("R018")
    Flag.objects.filter(pk__in=[first["T01"].pk, alone["R018"].pk]).update(state="dismissed")
    answer = chosen(auditor, "decide_contracts", first["T01"])
    assert answer["Location"].endswith(f"flags={first['R018'].pk}-{first['R010'].pk}")
    # Of a contract without another question nothing is left to decide on; never is it the whole queue.
    assert chosen(auditor, "decide_contracts", alone["R018"])["Location"] == LIST
    assert "1 of what was chosen is not in this list any more." in auditor.get(LIST).content.decode()


def test_a_ticked_row_stays_chosen_if_another_question_now_represents_it(auditor):
    first, other = contract("R018", "R010"), contract("R018")
    Flag.objects.filter(pk=first["R010"].pk).update(severity="high")
    assert [row for row, _beside in rows(auditor)] == [first["R010"].pk, other["R018"].pk]
    both = sorted((first["R018"].pk, other["R018"].pk))
    answer = chosen(auditor, "decide_together", first["R018"], other["R018"])
    assert answer["Location"].endswith("flags=" + "-".join(map(str, both)))
    chosen(auditor, "assign", first["R018"])
    assert set(Flag.objects.filter(assignee__isnull=False)) == set(first.values()), "with all that the row stands for"


def test_a_row_is_assigned_with_its_contract_and_what_is_identical(auditor):
    first, second, alone = contract("T01", "R018", words="same"), contract("R018", words="same"), contract("R018")
    Flag.objects.filter(rule="R018").exclude(pk=alone["R018"].pk).update(cause=uuid4())
    chosen(auditor, "assign", first["T01"])
    assert set(Flag.objects.filter(assignee__isnull=False)) == {*first.values(), *second.values()}
    assert rows(auditor, queue="unassigned") == [(alone["R018"].pk, [])]


def test_identical_flags_stay_with_their_assignee(auditor, make_user):
    first, hers, free = contract("T01", "R018", words="same"), *(contract("R018", words="same") for _ in range(2))
    Flag.objects.filter(rule="R018").update(cause=uuid4())
    berta = make_user(groups.AUDITORS, name="berta")
    Flag.objects.filter(pk=hers["R018"].pk).update(assignee=berta)
    chosen(auditor, "assign", first["T01"])
    assert set(Flag.objects.filter(assignee=berta)) == set(hers.values())
    assert set(Flag.objects.filter(assignee__username="auditors")) == {*first.values(), *free.values()}
    Flag.objects.filter(pk__in=[first["R018"].pk, free["R018"].pk]).update(assignee=berta)
    chosen(auditor, "assign", first["T01"])
    assert not Flag.objects.filter(assignee=berta).exists(), "who takes one of hers takes what the row stands for"


@pytest.mark.parametrize("given", ["x", "0", "9" * 30])
def test_the_contract_of_no_flag_is_a_404(auditor, given):
    assert auditor.get(reverse("admin:audits_flag_together"), {"contract_of": given}).status_code == 404


def test_joint_decisions_are_only_offered_with_the_permission(sign_in, make_user):
    flags = contract(*RULES)
    client = sign_in(groups.AUDITORS)
    Group.objects.get(name=groups.AUDITORS).permissions.remove(Permission.objects.get(codename="decide_in_bulk"))
    assert "Decide on all questions" not in client.get(page(flags["T01"])).content.decode()
    assert not Review.objects.exists()
