"""Records of contracts that two sources publish."""

from contracts.intake.duplicates.published_twice import update_pairs
from contracts.models import ContractingProcess
from tests.contracts.decisions.bodies import BUYER, party
from tests.support.records import load, release

STATE, CITY, THIRD = "ocds-state1", "ocds-city01", "ocds-third1"
ACME = party("Acme Redes", "20504030201")


def contract(number="C", amount=900, signed="2024-04-10T00:00:00Z", currency="PEN", **changes):
    value = {"amount": amount, "currency": currency}
    return {"id": number, "awardID": f"A{number}", "dateSigned": signed, "value": value, "status": "active", **changes}


def record(ocid, *contracts, supplier=ACME, buyer=BUYER, **changes):
    """A process of one supplier with contracts, each with its award."""
    contracts = contracts or (contract(),)
    suppliers = [{"id": supplier["id"], "name": supplier["name"]}]
    awards = [{"id": one["awardID"], "status": "active", "suppliers": suppliers} for one in contracts]
    parts = {"parties": [buyer, supplier], "contracts": list(contracts), "awards": awards, **changes}
    found = release(ocid, **parts)
    found["buyer"] = {"id": buyer["id"], "name": buyer["name"]}
    found["tender"] = {"id": ocid, "title": "Cámaras de videovigilancia", "procurementMethod": "direct"}
    return found


def sent(*records, **options):
    """Load records, and look for pairs as the end of their transaction does, which no test has."""
    load(*records, **options)
    update_pairs(keys(one["ocid"] for one in records))


def keys(ocids):
    return list(ContractingProcess.objects.filter(ocid__in=list(ocids)).values_list("pk", flat=True))


def at(ocid):
    return ContractingProcess.objects.get(ocid=ocid)


def counts_for(ocid):
    same = at(ocid).same_as
    return same.ocid if same else None
