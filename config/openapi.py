"""Additions to the generated description of the API: tags with descriptions."""

from typing import Any

TAGS = {
    "index": "Addresses of the API.",
    "contracting-processes": "Contracting processes: compiled OCDS releases and their rows.",
    "contracting-process": "Contracting processes whose ocid a path cannot contain; the ocid is a query parameter.",
    "contracts": "Signed contracts, and active awards without a contract.",
    "contract": "One contract, by ids in its record.",
    "organizations": "Buyers, suppliers and other parties, identified across records.",
    "publishers": "Publishers of records, and which rules their data supports.",
    "flags": "Flags: questions that rules raise about records. A flag is not an accusation.",
    "rules": "Rules: their pages, parameters, versions and results.",
    "stats": "Counts of flags.",
    "changes": "Changes of records, flags, replies and organizations, for keeping a copy.",
    "ocds": "Records as OCDS release packages and record packages.",
    "dumps": "Nightly files of all public data.",
    "exports": "Large lists as files that a worker writes.",
    "submissions": "Sending records, tables and documents; requires an account.",
    "me": "Saved searches, table mappings and usage of your account.",
    "reconcile": "Reconciliation of names, for OpenRefine.",
    "autocomplete": "Suggestions for names typed in a form.",
    "dictionary": "The columns of all lists.",
    "problems": "The codes of problems.",
    "changelog": "Changes and deprecations of the API.",
}


def with_tags(result: dict[str, Any], **_generated: Any) -> dict[str, Any]:
    """Add the tags, in the order of the documentation, and the tag of the index, which its path does not name."""
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    result["paths"]["/api/v1/"]["get"]["tags"] = ["index"]
    return result
