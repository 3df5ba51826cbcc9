"""
Made-up purchases of technology over nine years, for pictures to show something: ``fixtures/market``.

A row becomes a release with a tender, an award and a contract. Every buyer, supplier and financier is invented, and so
are the regions and points of buyers, ``places.csv`` beside it: some name none.
"""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from contracts.ocds.codelists.countries import country_name

_METHODS = {
    "open": {"es": "Licitación pública", "pt": "Pregão eletrônico"},
    "selective": {"es": "Licitación restringida", "pt": "Concorrência"},
    "limited": {"es": "Contratación menor", "pt": "Convite"},
    "direct": {"es": "Contratación directa", "pt": "Contratação direta"},
}


def write_market(table: Path, target: Path) -> Path:
    """Write the releases of a table of purchases, a line each; the same table gives the same bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with table.with_name("places.csv").open(encoding="utf-8", newline="") as rows:
        places = {row["buyer"]: row for row in csv.DictReader(rows)}
    with table.open(encoding="utf-8", newline="") as rows, target.open("w", encoding="utf-8") as lines:
        for row in csv.DictReader(rows):
            lines.write(json.dumps(_release(row, places), ensure_ascii=False) + "\n")
    return target


def _release(row: dict[str, str], places: dict[str, dict[str, str]]) -> dict[str, Any]:
    ocid = f"ocds-vdrex1-market-{row['number']}"
    signed = date.fromisoformat(row["signed"]) if row["signed"] else None
    value = {"value": {"amount": int(row["amount"]), "currency": row["currency"]}} if row["amount"] else {}
    suppliers = [{"id": f"XX-EJ-{name}", "name": name} for name in _suppliers(row)]
    period = {"period": _period(signed, int(row["years"]))} if signed else {}
    return {
        "ocid": ocid,
        "id": f"{ocid}-1",
        "date": _instant(signed or date(2024, 1, 1)),
        "tag": ["tender", "award", "contract"],
        "initiationType": "tender",
        "language": row["language"],
        "parties": list(_parties(row, places)),
        "buyer": {"id": f"XX-EJ-{row['buyer']}", "name": row["buyer"]},
        "tender": {
            "id": f"{ocid}-tender",
            "title": row["title"],
            "status": "complete",
            "procurementMethod": row["method"],
            "procurementMethodDetails": _METHODS[row["method"]][row["language"]],
            "numberOfTenderers": int(row["tenderers"]),
            **({"tenderPeriod": _tender_period(signed)} if signed else {}),
            **value,
        },
        "awards": [
            {
                "id": f"{ocid}-award",
                "status": "active",
                "suppliers": suppliers,
                **({"date": _instant(signed - timedelta(days=12))} if signed else {}),
                **value,
            }
        ],
        "contracts": [
            {
                "id": f"{ocid}-contract",
                "awardID": f"{ocid}-award",
                "status": "active",
                **({"dateSigned": _instant(signed)} if signed else {}),
                **period,
                **value,
            }
        ],
    }


def _parties(row: dict[str, str], places: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    suppliers = [(name, "supplier") for name in _suppliers(row)]
    named = [(row["buyer"], "buyer"), *suppliers, (row["financier"], "funder")]
    country = country_name(row["country"], "es")
    return [
        {
            "id": f"XX-EJ-{name}",
            "name": name,
            "identifier": {"scheme": "XX-EJ", "id": name, "legalName": name},
            "address": {"countryName": country, **_place(places.get(name, {}))},
            "roles": [role],
        }
        for name, role in named
        if name
    ]


def _suppliers(row: dict[str, str]) -> list[str]:
    """Return the suppliers of a purchase; the members of a consortium stand beside each other."""
    return row["supplier"].split(" + ")


def _place(place: dict[str, str]) -> dict[str, Any]:
    region = {"region": place["region"]} if place.get("region") else {}
    if not place.get("latitude"):
        return region
    coordinates = [float(place["longitude"]), float(place["latitude"])]
    return {**region, "geometry": {"type": "Point", "coordinates": coordinates}}


def _instant(day: date) -> str:
    return f"{day.isoformat()}T12:00:00Z"


def _period(signed: date, years: int) -> dict[str, str]:
    return {"startDate": _instant(signed), "endDate": _instant(signed + timedelta(days=365 * years))}


def _tender_period(signed: date) -> dict[str, str]:
    return {"startDate": _instant(signed - timedelta(days=60)), "endDate": _instant(signed - timedelta(days=25))}
