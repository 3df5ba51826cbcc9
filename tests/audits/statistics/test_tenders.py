"""Records of one tender: the first is asked about, whatever the order in which they came."""

import pytest

from audits.models import Audit, Flag
from tests.support.purchases import audit, figures, purchase

pytestmark = pytest.mark.django_db

LAW = "01. Licitación Pública Nacional LAASSP"


def told(number, *, end="2024-02-05", **changes):
    period = {"startDate": "2024-02-01T00:00:00Z", "endDate": f"{end}T00:00:00Z"}
    tender = {"title": "Aeropuerto", "description": "Herramientas", "procurementMethodDetails": LAW}
    return purchase(number, country="MX", currency="MXN", **tender, tenderPeriod=period, **changes)


def asked():
    return set(Flag.objects.standing().filter(rule="R003").values_list("process__ocid", flat=True))


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1)])
def test_one_tender_is_asked_about_once(order):
    for number in order:
        audit(told(number, supplier=f"S{number}"))

    assert asked() == {"ocds-test01-1"}
    outcome = Audit.objects.get(process__ocid="ocds-test01-3", is_current=True).outcomes["R003"]
    assert (outcome["kind"], outcome["values"]) == ("not_applicable", {"ocid": "ocds-test01-1"})


def test_other_deadlines_objects_and_buyers_are_other_tenders():
    audit(told(1), told(2, end="2024-02-06"), told(3, buyer="B2"), told(4) | {"ocid": "ocds-test01-4"})

    assert [figures(number, "first_record") for number in (1, 2, 3, 4)] == [None, None, None, "ocds-test01-1"]
