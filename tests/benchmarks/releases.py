"""
Made-up OCDS 1.1 releases of about 8 kB (or 650 bytes), the same bytes for the same seed, to measure speed with.

Every buyer, supplier and number is fictional (tax ids start with 2099, a range not issued). Suppliers follow a skewed
distribution, so that a few win much. About 2 % of the processes carry one dirty value of the kinds publishers really
send: numbers as text, dates without a zone, placeholder amounts, local status words, an object where a list belongs.

    python -m tests.benchmarks.releases --count 10000 --output compiled.jsonl             one compiled release a line
    python -m tests.benchmarks.releases --format package --size 100 --output package.json a release package of 100 MB
"""

import argparse
import gzip
import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.made_up import (
    BUYERS,
    DIRTY_SHARE,
    LIMA,
    METHODS,
    PREFIX,
    SUBJECTS,
    SUPPLIERS,
    buyer,
    documents,
    items,
    money,
    supplier,
    tax_id,
    text,
)


def process(seed: int, index: int) -> dict[str, Any]:
    """The compiled release of contracting process `index`, depending on the two numbers alone."""
    rng = random.Random(f"{seed}/{index}")
    method, details = rng.choice(METHODS)
    subject = rng.choice(SUBJECTS)
    currency = "PEN" if rng.random() < 0.94 else "USD"
    estimate = 10 ** rng.uniform(4, 7)
    start = datetime(2022, 1, 3, 8, tzinfo=LIMA) + timedelta(hours=rng.randrange(24 * 900))
    end = start + timedelta(days=rng.randint(4, 45), hours=rng.randint(0, 9))
    entity = buyer(int(BUYERS * rng.random() ** 2))
    competing = 1 if method == "direct" else min(1 + int(rng.expovariate(0.4)), 8)
    numbers: list[int] = []
    while len(numbers) < competing:
        number = int(SUPPLIERS * rng.random() ** 3)
        if number not in numbers:
            numbers.append(number)
    tenderers = [supplier(number) for number in numbers]

    offers = sorted(estimate * rng.uniform(0.72, 1.05) for _ in tenderers)
    bids = [
        {
            "id": f"{position}",
            "date": (end - timedelta(minutes=rng.randint(1, 4000))).isoformat(),
            "status": "disqualified" if position > 1 and rng.random() < 0.25 else "valid",
            "tenderers": [{"id": tenderer["id"], "name": tenderer["name"]}],
            "value": money(offer, currency),
        }
        for position, (tenderer, offer) in enumerate(zip(tenderers, offers, strict=True), 1)
    ]
    winner, price = tenderers[0], offers[0]
    winner["roles"] = ["tenderer", "supplier"]
    decided = end + timedelta(days=rng.randint(2, 40))
    signed = decided + timedelta(days=rng.randint(5, 30))
    goods = items(rng, subject, price, currency)
    reference = {"id": entity["id"], "name": entity["name"]}
    compiled = {
        "ocid": f"{PREFIX}-{index:08d}",
        "id": f"{PREFIX}-{index:08d}-{signed:%Y%m%d}",
        "date": signed.isoformat(),
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "es",
        "parties": [entity, *tenderers],
        "buyer": reference,
        "planning": {
            "rationale": text(rng, 1),
            "budget": {"amount": money(estimate, currency), "description": "Recursos ordinarios"},
        },
        "tender": {
            "id": f"LP-{index}",
            "title": f"{subject[1]} - {entity['address']['locality']}",
            "description": f"{subject[1]}. {text(rng, 5)}",
            "status": "complete",
            "procuringEntity": reference,
            "procurementMethod": method,
            "procurementMethodDetails": details,
            "mainProcurementCategory": "services" if subject[0].startswith("8") else "goods",
            "awardCriteria": rng.choice(["priceOnly", "priceOnly", "ratedCriteria"]),
            "value": money(estimate, currency),
            "tenderPeriod": {"startDate": start.isoformat(), "endDate": end.isoformat()},
            "numberOfTenderers": len(tenderers),
            "tenderers": [{"id": tenderer["id"], "name": tenderer["name"]} for tenderer in tenderers],
            "items": goods,
            "documents": documents(rng, rng.randint(2, 4), start),
        },
        "bids": {"details": bids},
        "awards": [
            {
                "id": f"{index}-1",
                "title": subject[1],
                "status": "active" if rng.random() < 0.97 else "pending",
                "date": decided.isoformat(),
                "value": money(price, currency),
                "suppliers": [{"id": winner["id"], "name": winner["name"]}],
                "items": goods,
                "documents": documents(rng, 1, decided),
            }
        ],
        "contracts": [
            {
                "id": f"C-{index}",
                "awardID": f"{index}-1",
                "title": subject[1],
                "description": text(rng, 4),
                "status": "active",
                "value": money(price, currency),
                "dateSigned": signed.isoformat(),
                "period": {
                    "startDate": signed.isoformat(),
                    "endDate": (signed + timedelta(days=rng.randint(30, 1500))).isoformat(),
                },
                "documents": documents(rng, 1, signed),
            }
        ],
    }
    if rng.random() < DIRTY_SHARE:
        rng.choice(DIRT)(compiled)
    return compiled


def small_process(seed: int, index: int) -> dict[str, Any]:
    """A compiled release of some 650 bytes, as publishers send that fill in little: a tender, its bids, an award."""
    rng = random.Random(f"{seed}/{index}/small")
    entity = buyer(int(BUYERS * rng.random() ** 2))
    firms = [supplier(int(SUPPLIERS * rng.random() ** 3)) for _ in range(2)]
    subject = rng.choice(SUBJECTS)
    decided = datetime(2022, 1, 3, 8, tzinfo=LIMA) + timedelta(hours=rng.randrange(24 * 900))
    offers = sorted(10 ** rng.uniform(4, 7) for _ in firms)
    return {
        "ocid": f"{PREFIX}-{index:08d}",
        "id": f"{index}-1",
        "date": decided.isoformat(),
        "tag": ["compiled"],
        "buyer": {"id": entity["id"], "name": entity["name"]},
        "tender": {"id": f"{index}", "title": subject[1], "procurementMethod": rng.choice(METHODS)[0]},
        "bids": {
            "details": [
                {"id": f"{place}", "tenderers": [{"id": firm["id"]}], "value": {"amount": round(offer, 2)}}
                for place, (firm, offer) in enumerate(zip(firms, offers, strict=True), 1)
            ]
        },
        "awards": [
            {
                "id": "1",
                "status": "active",
                "date": decided.isoformat(),
                "value": money(offers[0], "PEN"),
                "suppliers": [{"id": firms[0]["id"], "name": firms[0]["name"]}],
            }
        ],
    }


def amount_as_text(compiled: dict[str, Any]) -> None:
    value = compiled["contracts"][0]["value"]
    value["amount"] = f"{value['amount']:,.2f}"


def placeholder_amount(compiled: dict[str, Any]) -> None:
    compiled["bids"]["details"][0]["value"]["amount"] = 0


def dates_without_zone(compiled: dict[str, Any]) -> None:
    period = compiled["tender"]["tenderPeriod"]
    period.update({name: value[:19].replace("T", " ") for name, value in period.items()})


def end_before_start(compiled: dict[str, Any]) -> None:
    period = compiled["tender"]["tenderPeriod"]
    period["startDate"], period["endDate"] = period["endDate"], period["startDate"]


def local_status(compiled: dict[str, Any]) -> None:
    compiled["awards"][0]["status"] = "Adjudicado"


def object_for_list(compiled: dict[str, Any]) -> None:
    compiled["awards"][0]["suppliers"] = compiled["awards"][0]["suppliers"][0]


def number_for_id(compiled: dict[str, Any]) -> None:
    compiled["buyer"] = {**compiled["buyer"], "id": int(compiled["buyer"]["id"][-11:])}


def no_currency(compiled: dict[str, Any]) -> None:
    del compiled["tender"]["value"]["currency"]


def blank_status(compiled: dict[str, Any]) -> None:
    compiled["bids"]["details"][0]["status"] = None


DIRT: list[Callable[[dict[str, Any]], None]] = [
    amount_as_text, placeholder_amount, dates_without_zone, end_before_start, local_status, object_for_list,
    number_for_id, no_currency, blank_status,
]  # fmt: skip


def stages(compiled: dict[str, Any], seed: int, index: int) -> list[dict[str, Any]]:
    """The releases that merge into `compiled`: one with all, or (a quarter) one for each of its three stages."""
    rng = random.Random(f"{seed}/{index}/stages")
    whole = {**compiled, "tag": ["tender", "award", "contract"]}
    if rng.random() < 0.75:
        return [whole]
    contract = compiled["contracts"][0]
    award = compiled["awards"][0]
    start = compiled["tender"]["documents"][0]["datePublished"]
    common = {name: compiled[name] for name in ("ocid", "initiationType", "language", "buyer")}
    later = ("numberOfTenderers", "tenderers")  # known once bids are opened
    tender = {name: value for name, value in compiled["tender"].items() if name not in later}
    outcome = {name: compiled["tender"][name] for name in ("id", "status", *later)}
    return [
        {
            **common,
            "id": f"{compiled['ocid']}-tender",
            "date": start,
            "tag": ["tender"],
            "parties": compiled["parties"][:1],
            "planning": compiled["planning"],
            "tender": {**tender, "status": "active"},
        },
        {
            **common,
            "id": f"{compiled['ocid']}-award",
            "date": award["date"],
            "tag": ["award"],
            "parties": compiled["parties"],
            "tender": outcome,
            "bids": compiled["bids"],
            "awards": compiled["awards"],
        },
        {
            **common,
            "id": compiled["id"],
            "date": contract["dateSigned"],
            "tag": ["contract"],
            "contracts": compiled["contracts"],
        },
    ]


def compiled_releases(seed: int, count: int, *, small: bool = False) -> Iterator[dict[str, Any]]:
    """`count` compiled releases, one for each contracting process."""
    return ((small_process if small else process)(seed, index) for index in range(count))


def releases(seed: int, count: int | None = None) -> Iterator[dict[str, Any]]:
    """`count` releases (without it, endlessly); those of one process follow each other in order of date."""
    sent = index = 0
    while True:
        for release in stages(process(seed, index), seed, index):
            if sent == count:
                return
            yield release
            sent += 1
        index += 1


def dump(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def within(records: Iterator[bytes], size: int | None) -> Iterator[bytes]:
    """Records until `size` bytes are reached; without a size, all."""
    written = 0
    for record in records:
        if size is not None and written >= size:
            return
        yield record
        written += len(record) + 1


def write_lines(records: Iterator[bytes], out: IO[bytes]) -> None:
    out.writelines(record + b"\n" for record in records)


def write_package(records: Iterator[bytes], out: IO[bytes], *, seed: int) -> None:
    """One release package, written as a stream."""
    head = dump(
        {
            "uri": f"https://example.org/ocds/package/{seed}.json",
            "version": "1.1",
            "publishedDate": "2026-11-01T00:00:00Z",
            "extensions": [
                "https://raw.githubusercontent.com/open-contracting-extensions/ocds_bid_extension/v1.1.5/extension.json"
            ],
            "publisher": {"name": "Portal de Contrataciones de Ejemplo", "scheme": "PE-RUC", "uid": tax_id(999_999)},
            "license": "https://creativecommons.org/publicdomain/zero/1.0/",
        }
    )
    out.write(head[:-1] + b',"releases":[')
    for position, record in enumerate(records):
        out.write((b",\n" if position else b"\n") + record)
    out.write(b"\n]}\n")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, help="how many processes (jsonl) or releases (package)")
    parser.add_argument("--size", type=float, help="megabytes (10^6) to reach, instead of a count")
    parser.add_argument("--format", choices=["jsonl", "package"], default="jsonl")
    parser.add_argument("--small", action="store_true", help="jsonl of some 650 bytes a line")
    parser.add_argument("--output", type=Path, help="a path, gzipped if it ends in .gz; default: standard output")
    options = parser.parse_args(arguments)
    if (options.count is None) == (options.size is None):
        parser.error("give one of --count and --size")
    many = sys.maxsize if options.count is None else options.count
    size = None if options.size is None else int(options.size * 1e6)
    if options.format == "jsonl":
        source = compiled_releases(options.seed, many, small=options.small)
    else:
        source = releases(options.seed, options.count)
    records = within((dump(release) for release in source), size)
    with ExitStack() as stack:
        out: IO[bytes] = sys.stdout.buffer
        if options.output is not None:
            out = stack.enter_context(options.output.open("wb"))
            if options.output.suffix == ".gz":
                out = stack.enter_context(gzip.GzipFile(fileobj=out, mode="wb", mtime=0))  # the same bytes each time
        if options.format == "jsonl":
            write_lines(records, out)
        else:
            write_package(records, out, seed=options.seed)


if __name__ == "__main__":
    main()
