"""Where the buyer is, beside the process: its region and its point, also of records from before."""

import pytest

from contracts.models import ContractingProcess
from tests.support.migrations import fill_again
from tests.support.records import load, release


def bought(ocid, address, **tender):
    record = release(ocid)
    record["parties"][0]["address"] = {"countryName": "México", **address}
    record["tender"] |= tender
    return record


def places():
    columns = ("region", "latitude", "longitude")
    return list(ContractingProcess.objects.order_by("ocid").values_list(*columns))


@pytest.mark.django_db
def test_a_process_has_the_region_and_the_point_of_its_buyer():
    point = {"geometry": {"type": "Point", "coordinates": [-99.1, 19.4]}}
    delivered = {"geometry": {"type": "Point", "coordinates": [-103.3, 20.7]}}
    load(
        bought("ocds-test01-1", {"region": " Jalisco ", **point}, items=[{"id": "1", "deliveryLocation": delivered}]),
        bought("ocds-test01-2", {}, items=[{"id": "1", "deliveryLocation": delivered}]),
        bought("ocds-test01-3", {}),
    )
    assert places() == [("Jalisco", 19.4, -99.1), ("", 20.7, -103.3), ("", None, None)]


@pytest.mark.django_db
def test_records_from_before_have_the_region_that_they_would_be_written_with():
    load(bought("ocds-test01-1", {"region": "Jalisco"}), bought("ocds-test01-2", {}))
    ContractingProcess.objects.update(region="")
    fill_again("contracts", "0033_fill_regions")
    assert places() == [("Jalisco", None, None), ("", None, None)]
