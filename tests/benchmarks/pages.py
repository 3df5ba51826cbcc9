"""The public pages over the whole way of a request: how long the server takes, and how heavy they are."""

import gzip
import statistics
import time
from collections.abc import Iterator

from audits.pages.addresses import process_page
from audits.pages.figures.cached_figures import QUIET_PERIOD, refresh
from config import embedded
from contracts.models import ContractingProcess
from tests.benchmarks.bench import Bench
from tests.benchmarks.costs import Cost, cost
from tests.benchmarks.lists import Asker
from tests.benchmarks.rows import Row, part

REQUESTS = 10
GOAL = "< 150 ms, < 100 kB"
FIXED = {
    "home": "/",
    "search, all": "/search/",
    "search for a word": "/search/?q=videovigilancia",
    "search for contracts with a frequent word": "/search/?in=contracts&q=servicio",
    "search for contracts of a technology": "/search/?in=contracts&country=PE&sector=telecoms",
    "search for organizations": "/search/?in=organizations&q=andina",
    "feed of a search": "/search/feed.atom?q=videovigilancia",
    "country": "/countries/PE/",
    "technology in a country": "/countries/PE/surveillance/",
    "technology": "/technologies/networks/",
    "comparison": "/compare/?country=PE",
    "data": "/data/",
    "sitemap": "/sitemap.xml",
    "picture as SVG": "/countries/PE/suppliers.svg",
    "methodology": "/methodology/",
    "rule": "/methodology/T01/",
}


@part("pages")
def pages(bench: Bench) -> Iterator[Row]:
    """Each kind of public page: median of server time, processor time, weight; first what the schedule counts."""
    bench.fill()
    embedded.ensure_broker(bench.home)  # it counts for the throttles
    time.sleep(QUIET_PERIOD.total_seconds())  # until then what home leads to is not counted
    with cost(bench.home) as spent:
        counted = refresh(budget=3600.0)
    each = spent.processor / max(counted, 1)
    yield Row(
        f"figures of pages counted by the schedule: {counted}", f"{each * 1000:.0f} ms of processor each", "–", "", "–"
    )
    ask = Asker()
    for what, address in (FIXED | _of_the_largest()).items():
        ask(address)
        body, spans = b"", []
        for _request in range(REQUESTS):
            with cost(bench.home) as spent:
                body = ask(address)
            spans.append(spent)
        yield _row(what, body, spans)


def _row(what: str, body: bytes, spans: list[Cost]) -> Row:
    seconds = statistics.median(span.seconds for span in spans)
    processor = sum(span.processor for span in spans) / len(spans)
    told = f"{seconds * 1000:.0f} ms ({processor * 1000:.0f} of processor), {len(body) / 1000:.0f} kB"
    return Row(f"page: {what}", told, "–", f"gzip {len(gzip.compress(body)) / 1000:.0f} kB", GOAL)


def _of_the_largest() -> dict[str, str]:
    """Return the pages of the process with most bids, and of its buyer and supplier."""
    process = ContractingProcess.objects.exclude(suppliers=[]).order_by("-bid_count", "pk").first()
    if process is None:
        return {}
    return {
        "process": process_page(process.ocid),
        "buyer": f"/organizations/{process.buyer_id}/",
        "supplier": f"/organizations/{process.suppliers[0]}/",
    }
