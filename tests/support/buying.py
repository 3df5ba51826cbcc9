"""Purchases of surveillance technology, stored and audited, and their flags decided on: what public pages show."""

from typing import Any

import pytest

from audits.models import Flag, LexiconTerm, Review
from audits.reports import publishing
from audits.reports.publishing import publish_figures
from audits.triage import review_flag
from contracts.models import Publisher
from tests.support.auditing import audit_due
from tests.support.records import load, release

TITLE = "Suministro de cámaras de videovigilancia con reconocimiento facial"


def purchase(
    number: int,
    *,
    year: int = 2020,
    amount: float | None = 1000,
    title: str = "Suministro de cámaras de videovigilancia para el centro",
    method: str = "open",
    buyer: str = "Municipio de Prueba",
    suppliers: tuple[str, ...] = ("Proveedora Ficticia S.A.",),
    funder: str = "",
    currency: str = "MXN",
    country: str = "México",
    **changes: Any,
) -> dict[str, Any]:
    """A release of one purchase; ``year`` 0 leaves it without a date, ``amount`` None without a value."""
    value = {"value": {"amount": amount, "currency": currency}} if amount is not None else {}
    dated = {"date": f"{year}-05-02T12:00:00Z"} if year else {}
    signed = {"dateSigned": f"{year}-06-01T12:00:00Z"} if year else {}
    names = [(buyer, ["buyer"]), *((name, ["supplier"]) for name in suppliers)]
    if funder:
        names.append((funder, ["funder"]))
    return release(
        f"ocds-test01-{number}",
        buyer={"id": buyer, "name": buyer},
        parties=[
            {"id": name, "name": name, "roles": roles, "address": {"countryName": country}} for name, roles in names
        ],
        tender={"id": "T", "title": title, "procurementMethod": method},
        language="es",
        awards=[
            {"id": "A", "status": "active", "suppliers": [{"id": name, "name": name} for name in suppliers]}
            | value
            | dated
        ],
        contracts=[{"id": "C", "awardID": "A", **value, **signed}],
        **changes,
    )


TERMS = {
    "video_surveillance": "cámaras de videovigilancia",
    "facial_recognition": "reconocimiento facial",
    "cloud": "servicio de nube",
}


@pytest.fixture
def lexicon(db):
    """A few words for technology: enough to tell what is one."""
    LexiconTerm.objects.bulk_create(
        LexiconTerm(concept=concept, language="es", term=term) for concept, term in TERMS.items()
    )


@pytest.fixture
def buy(lexicon):
    """Store purchases, and audit them."""

    def store(*releases: dict[str, Any]) -> None:
        load(*releases)
        audit_due()

    return store


@pytest.fixture
def confirm(make_user):
    """Confirm a flag of a rule, as the same person each time; returns it."""
    people: list[Any] = []

    def confirmed(rule: str) -> Flag:
        flag = Flag.objects.filter(rule=rule).first()
        assert flag, f"{rule} raised no flag"
        if not people:
            people.append(make_user("Auditors"))
        review_flag(flag=flag, reviewer=people[0], decision=Review.Decision.CONFIRMED, reason="It does.")
        flag.refresh_from_db()
        return flag

    return confirmed


@pytest.fixture
def dismiss(make_user):
    """Dismiss the flag of a rule; returns it."""

    def dismissed(rule: str) -> Flag:
        flag = Flag.objects.get(rule=rule)
        review_flag(
            flag=flag,
            reviewer=make_user("Auditors", name="another"),
            decision=Review.Decision.DISMISSED,
            reason="It does not.",
        )
        return flag

    return dismissed


@pytest.fixture
def market(buy, monkeypatch):
    """Purchases that are enough for every picture; and decisions, as they are counted for the public."""
    sent = []
    for number in range(1, 6):
        partners = ("Proveedora Ficticia S.A.", "Otra Ficticia S.A.") if number % 2 else ("Proveedora Ficticia S.A.",)
        release = purchase(number, year=2017 + number, suppliers=partners, funder="Banco Ficticio", method="direct")
        point = {"geometry": {"type": "Point", "coordinates": [-100.3, 25.7]}}
        release["parties"][0]["address"] |= {"region": "Nuevo León", **point}
        sent.append(release)
    Publisher.objects.create(slug="pictures", name="Portal Ficticio", country="MX", ocid_prefix="ocds-test01")
    buy(*sent)
    months = [{"month": "2026-01", "confirmed": 7, "dismissed": 5}]
    health = publishing.public_health
    monkeypatch.setattr(publishing, "public_health", lambda entry: health(entry) | {"months": months})
    assert publish_figures()
