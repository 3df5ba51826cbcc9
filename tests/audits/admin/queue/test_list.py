"""The list of flags: what it shows first, how it is searched and filtered, what a page of it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.admin.queue.grouping import QueuePaginator
from audits.admin.queue.queues import QUEUES, count_queues
from audits.judging.rule.vocabulary import Severity
from audits.models import Flag, FlagNote, OutcomeCount, Review
from audits.models.flag import NEWEST_FIRST, QUEUE_ORDER
from audits.reports import rule_health
from audits.triage import review_flag, undo_decision
from contracts.admin.filters import distinct_values
from contracts.models import ContractingProcess, Publisher
from tests.audits.admin.desk import LIST, flag_with, listed
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag, write_outcomes


def test_the_list_opens_with_what_awaits_review_the_gravest_and_newest_first(auditor):
    low, young, old = flag_with(Severity.LOW), flag_with(Severity.HIGH), flag_with(Severity.HIGH)
    context, decided = flag_with(Severity.CONTEXT), flag_with(Severity.HIGH)
    Flag.objects.filter(pk=old.pk).update(raised_at=timezone.now() - timedelta(days=9))
    Flag.objects.filter(pk=decided.pk).update(state="dismissed")
    assert listed(auditor) == [young.pk, old.pk, low.pk]
    assert listed(auditor, order="newest") == [young.pk, low.pk, old.pk]
    assert listed(auditor, state="dismissed") == [decided.pk]
    assert len(listed(auditor, state="all")) == 5
    assert context.pk in listed(auditor, state="new")


def publish(slug, flag):
    """Let the record of a flag be of a publisher."""
    publisher = Publisher.objects.create(slug=slug, name="Gaceta de Prueba", country="CO")
    ContractingProcess.objects.filter(pk=flag.process_id).update(publisher=publisher)


def test_a_filter_names_the_value_that_it_does_not_offer(auditor):
    """Typed by hand, or saved before it was gone: a list that is empty for it must not look like one that is done."""
    flag_with()
    publish("gaceta", Flag.objects.get())
    options = ("state", "severity", "rule", "about", "country", "publisher", "sector", "age", "queue")
    for name in options:
        answer = auditor.get(LIST, {name: "pe"})
        assert list(answer.context["cl"].result_list) == []
        assert answer.content.decode().count("pe: not among these") == 1, name
    page = auditor.get(LIST, {"rule": Flag.objects.get().rule, "order": "newest", "state": "all"}).content.decode()
    assert "not among these" not in page


def test_a_publisher_is_looked_up_before_its_flags_are(auditor):
    """Else the planner takes it for one of average size, and reads all flags of a queue for the few of a small one."""
    publish("gaceta", flag_with())
    flags = auditor.get(LIST, {"publisher": "gaceta"}).context["cl"].unfolded
    assert Publisher._meta.db_table not in str(flags.values("pk").query)


def test_context_is_listed_only_on_request_or_once_decided(auditor, django_user_model):
    same = {"count": 1, "method": "open"}
    context, twin = flag_with(Severity.CONTEXT, values=same), flag_with(Severity.CONTEXT, values=same)
    waiting = Flag.objects.at_the_desk()
    assert (listed(auditor), waiting.count(), Flag.objects.awaiting_figures().count()) == ([], 0, 0)
    assert count_queues(django_user_model.objects.get()) == dict.fromkeys(QUEUES, 0)
    assert listed(auditor, severity="context") == [context.pk], "of identical ones the oldest stands for both"
    assert listed(auditor, cause=context.cause) == [twin.pk, context.pk]
    assert listed(auditor, severity="low") == []
    Flag.objects.filter(pk=context.pk).update(state="changed", decision="dismissed", changed_because="record")
    assert listed(auditor) == [context.pk], "what was decided and changed since is asked again"


def test_buyer_and_supplier_have_columns_of_their_own_and_long_filters_are_folded(auditor):
    flag_with()
    html = auditor.get(LIST, headers={"accept-language": "en"}).content.decode()
    heads = [html.index(f'class="column-{name}"') for name in ("severity_mark", "question", "buyer", "supplier")]
    assert heads == sorted(heads)
    assert '<td class="field-supplier"><span class="line">→ Cámaras del Norte S.A.' in html
    assert '<details data-filter-title="queue" open>' in html
    assert '<details data-filter-title="rule">' in html
    chosen = auditor.get(LIST, {"rule": "R018"}, headers={"accept-language": "en"}).content.decode()
    assert '<details data-filter-title="rule" open>' in chosen, "what is chosen is seen"


def test_a_row_shows_the_facts_for_choosing_a_flag(auditor):
    flag = flag_with()
    Flag.objects.filter(pk=flag.pk).update(raised_at=timezone.now() - timedelta(days=12, hours=1))
    html = auditor.get(LIST, headers={"accept-language": "es"}).content.decode()
    row = html[html.index("<tbody>") :]
    for text in (
        "R018",
        "El registro cuenta 1 oferente en un procedimiento de método «licitación abierta».",
        "Municipio de Tula",
        "MX",
        flag.process.ocid,
        f" MXN · {flag.process.signed_on.year} · MX · 12 días",
        "Cámaras del Norte S.A.",
        "MXN",
        reverse("admin:contracts_contractingprocess_change", args=[flag.process_id]),
    ):
        assert text in row, text


@pytest.mark.parametrize(
    ("language", "new", "again"), [("en", "new", "reopened"), ("es", "nueva", "reabierta"), ("pt", "novo", "reaberto")]
)
def test_new_is_only_for_screen_readers_and_reopened_is_shown(auditor, django_user_model, language, new, again):
    flag, person = flag_with(), django_user_model.objects.create_user("dora")

    def row() -> str:
        return auditor.get(LIST, headers={"accept-language": language}).content.decode().partition("<tbody>")[2]

    assert f'<span class="visually-hidden">{new}</span>' in row()
    review_flag(flag=flag, reviewer=person, decision=Review.Decision.DISMISSED, reason="One lot.")
    undo_decision(undone_by=person, flag_id=flag.pk)
    assert f'<span class="state new">{again}</span>' in row()


def test_a_row_with_a_numeric_title_shows_the_description(auditor, flag):
    flag.process.title, flag.process.description = "LP-0012-2024", "Cámaras para el mercado"
    flag.process.save()
    assert ">Cámaras para el mercado (LP-0012-2024)</a>" in auditor.get(LIST).content.decode()


@pytest.mark.parametrize(
    "term", ["biblioteca", "BIBLIOTECA", "tula biblioteca", '"para la biblioteca"', "ocds-madeup-book", "norte"]
)
def test_search_finds_words_of_ocid_title_buyer_and_supplier(auditor, term):
    found = flag_with(release=made_up_release("ocds-madeup-book", title="Cámaras para la biblioteca"))
    other = made_up_release(title="Otra cosa")
    other["parties"][1]["name"] = other["awards"][0]["suppliers"][0]["name"] = "Cámaras del Sur"
    flag_with(release=other)
    assert listed(auditor, q=term) == [found.pk]


@pytest.mark.parametrize("model", ["audits_flag", "contracts_contractingprocess"])
def test_a_whole_ocid_finds_its_record_alone(auditor, model):
    """A part of it that says nothing in Spanish was left out, and the records of others were found with it."""
    for ocid in ("ocds-madeup-es-002", "ocds-madeup-pt-002"):
        raise_flag(load_release(made_up_release(ocid)))

    def found(term):
        rows = auditor.get(reverse(f"admin:{model}_changelist"), {"q": term}).context["cl"].result_list
        return {getattr(row, "process", row).ocid for row in rows}

    assert found(" ocds-madeup-es-002 ") == {"ocds-madeup-es-002"}
    assert found("madeup 002") == {"ocds-madeup-es-002", "ocds-madeup-pt-002"}


@pytest.mark.parametrize(
    ("term", "rules"), [("t02", {"T02"}), ("T02 tula", {"T02"}), ("R018 T02", {"R018", "T02"}), ("T02 nadie", set())]
)
def test_search_finds_the_flags_of_a_rule_by_its_code(auditor, term, rules):
    flag_with()
    Flag.objects.filter(pk=flag_with().pk).update(rule="T02")
    found = Flag.objects.filter(pk__in=listed(auditor, q=term))
    assert set(found.values_list("rule", flat=True)) == rules


@pytest.mark.parametrize("term", ["'", '"', "%", "\\", "a'; DROP TABLE audits_flag; --"])
def test_search_takes_any_text(auditor, flag, term):
    assert auditor.get(LIST, {"q": term}).status_code == 200


def test_a_search_for_invalid_text_is_refused(auditor, flag):
    assert auditor.get(LIST, {"q": "\x00"}).status_code == 400


def test_filters_narrow_the_list(auditor):
    one = flag_with(Severity.HIGH)
    release = made_up_release()
    release["parties"][0]["address"]["countryName"] = "Colombia"
    two = flag_with(release=release)
    Flag.objects.filter(pk=two.pk).update(raised_at=timezone.now() - timedelta(days=60))
    assert listed(auditor, severity="high") == [one.pk]
    assert listed(auditor, country="CO") == [two.pk]
    assert set(listed(auditor, rule="R018")) == {one.pk, two.pk}
    assert set(listed(auditor, sector="surveillance")) == {one.pk, two.pk}
    assert listed(auditor, sector="telecoms") == []
    publish("gaceta", two)
    assert listed(auditor, publisher="gaceta") == [two.pk]
    assert listed(auditor, age="week") == [one.pk]
    assert listed(auditor, age="month") == []
    assert listed(auditor, age="older") == [two.pk]


@pytest.mark.parametrize("days", [0, 6, 7, 8, 28, 29, 30, 31, 400])
def test_a_flag_has_exactly_one_age(auditor, flag, days):
    Flag.objects.filter(pk=flag.pk).update(raised_at=timezone.now() - timedelta(days=days, hours=12))
    assert sum(bool(listed(auditor, age=age)) for age in ("week", "month", "older")) == 1


def test_distinct_values_of_an_empty_table_are_none(db):
    assert distinct_values(ContractingProcess, "country") == []


def test_distinct_values_jump_from_one_to_the_next(process):
    ContractingProcess.objects.filter(pk=process.pk).update(country="")
    for country in ("PE", "AR", "PE", "BR"):
        made = load_release(made_up_release())
        ContractingProcess.objects.filter(pk=made.pk).update(country=country)
    assert distinct_values(ContractingProcess, "country") == ["AR", "BR", "PE"]


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_a_page_of_the_list_costs_the_same_for_one_flag_and_for_many(auditor):
    flag_with()
    auditor.get(LIST)
    few = queries(auditor, LIST)
    for _number in range(8):
        flag_with()
    assert queries(auditor, LIST) == few
    assert few <= 16


def test_the_list_reads_no_documents(auditor, flag):
    with CaptureQueriesContext(connection) as captured:
        auditor.get(LIST)
    assert not [query for query in captured if "compiled_release" in query["sql"] or '"evidence"' in query["sql"]]


def test_counting_stops_at_the_last_page(auditor, monkeypatch):
    monkeypatch.setattr(QueuePaginator, "max_rows", 3)
    for _number in range(5):
        flag_with()
    html = auditor.get(LIST).content.decode()
    assert "More than 3. Use filters to narrow the list" in html


def plan(queryset) -> str:
    with connection.cursor() as cursor:
        # A handful of rows is read faster without an index; what is asked is whether the index can serve.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    return queryset.explain()


def test_the_queue_is_read_from_its_index_in_its_order(flag):
    queue = Flag.objects.order_by(*QUEUE_ORDER)
    waiting = plan(queue.awaiting_review()[:15])
    assert ("flag_priority_awaiting" in waiting, "Sort" in waiting) == (True, False)
    decided = plan(queue.filter(state="confirmed")[:15])
    assert ("flag_priority" in decided, "Sort" in decided) == (True, False)
    newest = plan(Flag.objects.order_by(*NEWEST_FIRST).awaiting_review()[:15])
    assert ("flag_newest_awaiting" in newest, "Sort" in newest) == (True, False)


def test_withdrawn_flags_leave_the_queue(auditor, process, flag):
    write_outcomes(process)
    assert listed(auditor) == []
    assert listed(auditor, state="withdrawn") == [flag.pk]


def test_a_rule_that_flags_too_much_is_marked_context_on_list_and_page(auditor, monkeypatch):
    flag = flag_with()
    why = "this rule flags 31 % of the records"
    assert "common here" not in auditor.get(LIST).content.decode()
    monkeypatch.setattr(rule_health, "KEPT_SECONDS", -1)
    OutcomeCount.objects.create(rule="R018", kind="flagged", records=31)
    OutcomeCount.objects.create(rule="R018", kind="clear", records=69)
    assert "common here: 31 %" in auditor.get(LIST).content.decode()
    assert why in auditor.get(change_page(flag)).content.decode()


def test_admin_log_entries_of_a_flag_are_listed(auditor):
    flag = raise_flag(load_release(made_up_release()))
    assert auditor.get(f"/admin/audits/flag/{flag.pk}/history/").status_code == 200


def test_an_empty_search_suggests_decided_flags(auditor, django_user_model):
    flag = flag_with()
    review_flag(
        flag=flag, reviewer=django_user_model.objects.create(username="berta"), decision="dismissed", reason="Idle."
    )
    empty = auditor.get(LIST, {"q": "tula", "queue": "mine"}, headers={"accept-language": "en"})
    wider = empty.context["cl"].wider
    assert f'<a href="{wider.replace("&", "&amp;")}">Look among those decided on' in empty.content.decode()
    found = auditor.get(f"{LIST}{wider}").context["cl"]
    assert list(found.queryset) == [flag]
    assert not found.wider
    assert not auditor.get(LIST, {"q": "nothing", "state": "all"}).context["cl"].wider, "there is no more"


def test_a_row_says_how_many_notes_colleagues_left(auditor, django_user_model):
    """Who is handed a flag sees in the queue that it came with words."""
    flag, silent = flag_with(), flag_with()
    author = django_user_model.objects.create(username="berta")
    for number in range(2):
        FlagNote.objects.create(flag=flag, author=author, text=f"Page {number}.")
    rows = {row.pk: row for row in auditor.get(LIST).context["cl"].result_list}
    assert (rows[flag.pk].noted, rows[silent.pk].noted) == (2, None)
    assert auditor.get(LIST, headers={"accept-language": "en"}).content.decode().count("2 notes") == 1
