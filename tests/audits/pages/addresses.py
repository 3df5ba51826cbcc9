"""Addresses of public pages."""

from contracts.models import Organization


def pages() -> list[str]:
    """The address of each kind of page, for the organizations that there are."""
    organization = Organization.objects.order_by("pk").first()
    return [
        "/",
        "/search/",
        "/search/?q=camaras",
        "/search/?in=contracts",
        "/search/?in=organizations",
        "/countries/MX/",
        "/countries/MX/surveillance/",
        "/technologies/surveillance/?since=2019",
        f"/organizations/{organization.pk}/",
        "/processes/ocds-test01-1/",
        "/process/?ocid=ocds-test01-1",
        "/process/earlier/?ocid=ocds-test01-1",
        f"/compare/?country=MX&organization={organization.pk}",
        "/data/",
    ]
