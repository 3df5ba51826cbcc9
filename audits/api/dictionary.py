"""The columns of the list of flags, and of their evidence, in words."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from contracts.api.dictionary import Column

FLAGS: Mapping[str, Column] = {
    "id": Column(_("id here")),
    "url": Column(_("address")),
    "subject": Column(_("subject")),
    "ocid": Column(_("ocid"), "ocid"),
    "process_url": Column(_("address of the process")),
    "organization": Column(_("organization")),
    "organization_id": Column(_("organization (id here)")),
    "organization_url": Column(_("address of the organization")),
    "country": Column(_("country"), "parties/address/countryName"),
    "title": Column(_("title"), "tender/title"),
    "buyer": Column(_("buyer"), "buyer/name"),
    "buyer_id": Column(_("buyer (id here)")),
    "rule": Column(_("rule")),
    "rule_url": Column(_("address of the rule")),
    "rule_version": Column(_("version of the rule")),
    "rule_is_context": Column(_("for context only")),
    "severity": Column(_("severity")),
    "state": Column(_("state")),
    "reviewed": Column(_("a person decided")),
    "raised_by_hand": Column(_("raised by hand")),
    "sentence": Column(_("question")),
    "notice": Column(_("notice")),
    "raised": Column(_("raised")),
    "changed": Column(_("changed")),
    "replies": Column(_("replies")),
    "withdrawn": Column(_("withdrawn")),
    "source": Column(_("source")),
    "verification": Column(_("verification")),
    "withdrawn_because": Column(_("withdrawn because")),
    "changed_because": Column(_("changed because")),
    "included": Column(_("included")),
}

# Of `sheet=evidence`: the flag, and a place that it rests on.
EVIDENCE: Mapping[str, Column] = {
    "flag_id": Column(_("flag (id here)")),
    "place": Column(_("place")),
    "says": Column(_("what it shows")),
    "path": Column(_("JSON Pointer")),
    "passage_url": Column(_("address of the passage")),
    "value": Column(_("value there")),
    "passage": Column(_("passage")),
    "start": Column(_("first character of the match")),
    "end": Column(_("last character of the match")),
    "note": Column(_("what it shows, in codes")),
    "quads": Column(_("where it stands on the picture of the page")),
    "paragraphs": Column(_("paragraphs of the document")),
}
