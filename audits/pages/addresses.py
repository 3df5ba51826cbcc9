"""Addresses of the public pages of processes, which mirror those of the API."""

from django.urls import reverse

from contracts.api.addresses import process_address


def process_page(ocid: str, **parameters: str) -> str:
    """Return the address of the page of a process, with query parameters."""
    address = process_address(ocid, **parameters)
    return address.replace(reverse("contracting-processes"), "/processes/", 1).replace(
        reverse("process-by-ocid"), reverse("process-page-by-ocid"), 1
    )
