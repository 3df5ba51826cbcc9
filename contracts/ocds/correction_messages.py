"""What corrections are called in English, as ``messages`` does of problems."""


def _(text: str) -> str:
    """Mark a text for the catalogs of translations."""
    return text


# Code of a correction → what was done.
CORRECTIONS = {
    "amount_power_of_ten": _(
        "This amount is ten, a hundred or more times as large as the others of the record, or as small, in the same "
        "digits; it is not used."
    ),
    "array_expected": _("A list is expected here; the value is not used."),
    "array_where_object": _("An object is expected here; the only entry of the list was used."),
    "code_read": _("OCDS has no such code; it was read as the one that it means."),
    "control_character_removed": _("Control characters were removed."),
    "currency_case": _("The currency code was read in upper case."),
    "currency_unknown": _("This currency is not in ISO 4217; it is kept as given."),
    "date_impossible": _(
        "This date lies before 1990, or more than 30 years after the record (the end of a contract: 100); it is not "
        "used."
    ),
    "date_placeholder": _("This date is a placeholder; it is not used."),
    "date_unreadable": _("This is not a valid date in OCDS (2024-03-01T10:00:00Z); it is not used."),
    "date_without_time": _("The date has no time; it was read as the start of the day in the publisher's time zone."),
    "date_without_zone": _("The date has no time zone; it was read in the publisher's time zone."),
    "date_year_off": _("The other dates of the record agree, and this one lies in another year; it is not used."),
    "duplicate_id_apart": _("Entries of one list have the same id and are not one thing; each was read."),
    "duplicate_id_merged": _("Entries of one list have the same id; they were merged."),
    "repeated_without_id": _("A later release tells this entry, which has no id, again; it was read once."),
    "duplicate_key": _("The member is given twice in one object; the last one was used."),
    "id_is_row_number": _("This id is the number of a row or a rank: it tells nobody from those of other records."),
    "id_not_scalar": _("An id is text or a number; the JSON text of this one was used."),
    "lone_surrogate_replaced": _("Half a character (a lone surrogate) was replaced by the replacement character."),
    "member_read": _("OCDS has no member of this name; it was read as the one that it nearly is."),
    "member_unread": _("OCDS has no member of this name; it is not read. Is another one meant?"),
    "nul_removed": _("NUL characters were removed."),
    "number_as_text": _("Text is expected here; the number was read as text."),
    "number_expected": _("A number is expected here (1234567.89, without separators); the value is not used."),
    "number_negative": _("The number is below 0; it is used as given."),
    "number_out_of_range": _("The number is too large to be stored; it is not used."),
    "number_with_decimals": _("The number of an organization has decimals, as spreadsheets add; it was read without."),
    "number_rounded": _("The number was rounded to ten decimals."),
    "object_expected": _("An object is expected here; the value is not used."),
    "object_of_entries": _("A list is expected here; the members of the object were read as its entries."),
    "object_where_array": _("A list is expected here; the object was read as its only entry."),
    "ocid_of_record": _("The release has no ocid; the ocid of its record was used."),
    "ocid_placeholder": _("The ocid names no process, so that releases of several processes may be merged here."),
    "party_without_name": _("This organization has no name, here or among the parties; it is not counted."),
    "placeholder": _(
        "This is written where nothing is known (N/A, sin dato, the words of a template); it is not used."
    ),
    "release_id_reused": _(
        "Releases have this id in common; the one dated last was used, of one date the last received."
    ),
    "release_without_date_merged_first": _(
        "The release has no date that can be read; it was merged before the dated releases."
    ),
    "releases_can_not_be_merged": _("The releases can not be merged; only the newest was used."),
    "releases_disagree_in_shape": _(
        "Some releases have an object where others have a list; each object was read as a list of one."
    ),
    "text_as_number": _("The number is given as text; it was read as a number."),
    "text_expected": _("Text is expected here; the value is not used."),
    "text_where_array": _("A list is expected here; the text was read as its only entry."),
    "whole_number_expected": _("A whole number, not below 0, is expected here; the value is not used."),
}
