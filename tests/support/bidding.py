"""Made-up processes with bids, for tests that are about organizations."""

from typing import Any

from audits.models import Flag
from contracts.models import Organization


def process(
    number: int,
    *,
    buyer: str = "B",
    statuses: tuple[str, ...] = ("valid", "disqualified"),
    method: str = "open",
    **changes: Any,
) -> dict[str, Any]:
    """A process in which each bidder bids once; the first one wins."""
    bids = [
        {"id": str(place), "status": status, "tenderers": [{"id": f"S{place}"}]}
        for place, status in enumerate(statuses)
    ]
    return {
        "ocid": f"ocds-test01-{number}",
        "id": "1",
        "date": "2024-03-01T10:00:00Z",
        "tag": ["tender", "award"],
        "buyer": {"id": buyer, "name": f"Comprador {buyer}"},
        "parties": [
            {
                "id": party,
                "name": f"Organización {party}",
                "identifier": {"scheme": "PE-RUC", "id": f"10{party}"},
                "address": {"countryName": "Perú"},
            }
            for party in [buyer, *(f"S{place}" for place in range(len(statuses)))]
        ],
        "tender": {"id": "T", "title": "Compra de prueba", "procurementMethod": method},
        "bids": {"details": bids},
        "awards": [{"id": "A", "status": "active", "suppliers": [{"id": "S0"}]}],
        **changes,
    }


def of(party: str) -> Organization:
    return Organization.objects.get(key=f"PE-RUC:10{party}")


def flags(rule: str = "R038") -> dict[tuple[str, str], Flag]:
    """Return (key of the organization, role) → the flag that stands."""
    return {
        (flag.organization.key, flag.sentence.removesuffix("_threshold")): flag
        for flag in Flag.objects.standing().filter(rule=rule).select_related("organization")
    }


WORDS = ("mesa", "silla", "banco", "puerta", "reja", "cable", "tubo", "foco", "balde", "escoba")


def bought(
    number: int,
    *,
    supplier: str,
    buyer: str = "B",
    amount: float = 100,
    year: int = 2024,
    item: str = "43222600",
    title: str = "",
) -> dict:
    """A purchase; of those with the first twelve numbers one stands in each month of the year before."""
    date = f"{year - (number < 12)}-{number % 12 + 1:02}-01T10:00:00Z"
    return process(
        number,
        buyer=buyer,
        statuses=("valid",) * 4,
        date=date,
        awards=[
            {
                "id": "A",
                "status": "active",
                "date": date,
                "suppliers": [{"id": supplier}],
                "value": {"amount": amount, "currency": "PEN"},
                "items": [{"id": "1", "classification": {"scheme": "UNSPSC", "id": item}}],
            }
        ],
        tender={"id": "T", "title": title or f"Compra de {WORDS[number % 10] * 3}", "procurementMethod": "open"},
    )
