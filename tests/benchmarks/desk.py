"""The desk of auditors over many flags: each page through the whole application, and decisions one after the other."""

import re
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from audits import groups
from audits.admin.queue.queues import QUEUES
from audits.engine import processes
from audits.engine.previewing import preview
from audits.models import RuleOverride
from audits.reference.rule_sets import rule_sets_in_force
from audits.reports.desk_figures import refresh_desk_figures
from config import embedded
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import cost
from tests.benchmarks.rows import Row, part
from tests.support.desk_stock import write_desk

LIST = "/admin/audits/flag/"
REQUESTS = 5
DECISIONS = 20
GOAL = "≤ 150 ms"
LISTS = {
    "as it opens": "",
    "newest first": "?order=newest",
    "tenth page": "?p=10",
    "one rule and severity": "?rule=T01&severity=high",
    "one country": "?country=MX",
    "all states": "?state=all",
    "confirmed": "?state=confirmed",
    "search for a word of one record in 5,000": "?q=inusual",
    "search for a word that every other record has": "?q=red",
    **{f"queue {name}": f"?queue={name}" for name in QUEUES},
}
_FIELD = re.compile(r'<input type="hidden" name="(\w+)"(?: value="([^"]*)")?')


@part("desk")
def desk(bench: Bench) -> Iterator[Row]:
    """
    The desk over `--size` flags, written by the database, instead of what earlier parts stored: lists, the page of a
    flag, the dashboard, a preview, decisions one after the other. Median of server time, and processor time.
    """
    bench.empty()
    lead, reviewer = (
        get_user_model().objects.get_or_create(username=name, is_staff=True)[0] for name in ("lead", "reviewer")
    )
    lead.groups.add(Group.objects.get(name=groups.LEADS))
    write_desk(bench.count, person=lead.pk, reviewer=reviewer.pk)
    refresh_desk_figures(processes.backlog())
    embedded.ensure_broker(bench.home)
    yield from measure(bench, lead)


def measure(bench: Bench, lead: Any) -> Iterator[Row]:
    """Yield the rows of a desk that is filled."""
    client = Client(headers={"host": "localhost", "accept-language": "es"})
    client.force_login(lead)

    def get(address: str) -> str:
        answer = client.get(address)
        # A search that takes too long is stopped, and the row shows after how long.
        assert answer.status_code in {200, 503}, (address, answer.status_code)
        return str(answer.content.decode())

    for what, query in LISTS.items():
        yield _timed(bench, f"desk: list, {what}", lambda query=query: get(LIST + query))  # type: ignore[misc]
    for what, query in {"from the list": "", "from a search": "q=inusual"}.items():
        address = _first_of(get(f"{LIST}?{query}"))
        yield _timed(bench, f"desk: page of a flag, {what}", lambda address=address: get(address))  # type: ignore[misc]
    yield _timed(bench, "desk: dashboard", lambda: get("/admin/"))
    yield _previewed(bench)
    yield _decided(bench, client, _first_of(get(LIST)))


def _first_of(html: str) -> str:
    found = re.search(r'<a href="([^"]+)" class="line subject"', html)
    assert found, html
    return found[1].replace("&amp;", "&")


def _timed(bench: Bench, what: str, ask: Callable[[], Any]) -> Row:
    ask()
    spans = []
    for _request in range(REQUESTS):
        with cost(bench.home) as spent:
            ask()
        spans.append(spent)
    seconds = statistics.median(span.seconds for span in spans)
    program = statistics.mean(span.program for span in spans)
    server = statistics.mean(span.server for span in spans)
    told = f"{seconds * 1000:.0f} ms ({program * 1000:.0f} + {server * 1000:.0f} of processor)"
    return Row(what, told, "–", "", GOAL)


def _previewed(bench: Bench) -> Row:
    """What a preview takes beside judging, for which it has its own limit of time."""
    rule_sets_in_force()

    def change() -> None:
        RuleOverride.objects.create(rule="T01", value="retired", source="Made up.")

    return _timed(bench, "desk: preview, without judging", lambda: preview(change, max_seconds=0))


def _decided(bench: Bench, client: Client, address: str) -> Row:
    """Decide on flags one after the other, as the page of each leads to the next: its page, and the decision."""
    spans = []
    for _number in range(DECISIONS):
        with cost(bench.home) as spent:
            carried = dict(_FIELD.findall(client.get(address).content.decode()))
            answer = client.post(address, carried | {"decision": "dismissed", "reason": "A figure of speech."})
        assert answer.status_code == 302, (address, answer.status_code)
        address = answer["Location"]
        spans.append(spent)
    seconds = [span.seconds for span in spans]
    processor = statistics.mean(span.processor for span in spans)
    told = f"{statistics.median(seconds) * 1000:.0f} ms, at most {max(seconds) * 1000:.0f}"
    return Row(
        f"desk: {DECISIONS} decisions in a row, each",
        f"{told} ({processor * 1000:.0f} of processor)",
        "–",
        "",
        "≤ 300 ms",
    )
