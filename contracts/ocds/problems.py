"""What can be wrong with input, and the limits of the gate that every parser sits behind."""

from msgspec import Struct


def _(text: str) -> str:
    """Mark a text for the catalogs of translations; what is stored stays English."""
    return text


# Code → how to mend it. The detail of a problem says what was found; the hint says what to do.
HINTS = {
    "empty_body": _("Send an OCDS release package, record package, release, record or a simple contract as JSON."),
    "not_json": _("Check the file with a JSON validator at the given offset; a download may have been cut short."),
    "cut_off": _("The file ends inside a value. Download or export it again."),
    "not_a_package": _("Send an object with `releases` or `records`, a release, a record, or a list of them."),
    "object_expected": _("Each release or record is a JSON object."),
    "ocid_missing": _("Give the release the `ocid` of its contracting process, as text."),
    "ocid_unreadable": _("Give `ocid` as a text of at most 200 characters."),
    "too_deep": _("No OCDS release nests this deep. Remove the nesting or split the document."),
    "item_too_large": _("Split the release or record: one of them may not be larger than this limit."),
    "body_too_large": _("Send the file in parts, or compressed with gzip."),
    "unpacked_too_large": _("Send the file in parts."),
    "gzip_damaged": _("The compressed data ends early or is damaged. Compress and send it again."),
    "number_too_long": _("Write long identifiers as text, in quotes."),
    "number_out_of_range": _("Write the amount without an extreme exponent."),
    "number_underflow": _("Write 0, or the amount in full."),
    "nul_in_key": _("Remove the NUL character from the member name."),
    "duplicate_key": _("Keep one of the two members; a parser would silently drop the first."),
    "encoding_unknown": _("Send the file as UTF-8."),
    "linked_release": _("The record names its releases by URL. Veedor fetches nothing: send the releases themselves."),
    "looks_like_latin1": _("What is not UTF-8 was read as Windows-1252. Check the accents, or send UTF-8."),
    "version_unknown": _("Veedor knows OCDS 1.0 and 1.1; it read the record as 1.1."),
    "simple_contract": _("Give each field of the simple contract in the form that the API's documentation shows."),
    "field_unknown": _("Write the field as the API's documentation does, if it should be read."),
    "currency_unknown": _("Write the currency as an ISO 4217 code, such as PEN, MXN or BRL."),
    "amount_negative": _("Check the sign of the amount."),
    "date_far_ahead": _("Check the year."),
    "no_records": _("Send at least one release, record or simple contract."),
    "no_release": _("The record has neither releases nor a compiled release."),
    "reading_stopped": _("Mend what is told here, or send the file in parts: what was not looked at may be right."),
    "processing_failed": _("The bytes are kept. Tell the administrators, who can see why."),
}

WARNINGS = frozenset(
    {
        "amount_negative",
        "currency_unknown",
        "date_far_ahead",
        "duplicate_key_ignored",
        "field_unknown",
        "linked_release",
        "looks_like_latin1",
        "version_unknown",
    }
)


class Problem(Struct, frozen=True, omit_defaults=True):
    """
    Something in the input that was not taken, or taken with a warning.

    ``pointer`` is a JSON Pointer inside the ``line``-th JSON value of the input (counted from 1; a plain JSON file has
    one), ``offset`` a byte offset in the unpacked input.
    """

    code: str
    detail: str
    pointer: str = ""
    line: int = 1
    offset: int | None = None

    @property
    def is_warning(self) -> bool:
        return self.code in WARNINGS

    @property
    def hint(self) -> str:
        return HINTS.get(self.code, "")


class RefusedError(Exception):
    """Raised if a JSON value can not be taken. ``problem`` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class Limits(Struct, frozen=True):
    """
    The limits of the input gate, in bytes, levels, digits and values.

    Each one closes a hole that was measured: deep nesting and long digit runs crash parsers, a gigabyte hides in a
    megabyte of gzip, and a value of two bytes (``{}``) takes hundreds once it is read.
    """

    unpacked_bytes: int = 2 * 1024**3
    item_bytes: int = 4 * 1024**2
    item_values: int = 200_000
    depth: int = 64
    digits: int = 40
