"""What was read otherwise than it is written: a sentence in the reader's language for each code of a correction."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES = {
    "array_expected": _("A list belongs here; what stands here is not used."),
    "array_where_object": _("One object belongs here; the only entry of the list was taken for it."),
    "control_character_removed": _("Control characters were left out."),
    "currency_case": _("The currency was read in capitals."),
    "currency_unknown": _("This currency is not in ISO 4217; it is kept as it is written."),
    "date_placeholder": _("This date stands for none; it is not used."),
    "date_unreadable": _("This is no date that OCDS knows (2024-03-01T10:00:00Z); it is not used."),
    "date_without_time": _("The date names no time; it was read as the start of the day where the publisher is."),
    "date_without_zone": _("The date names no time zone; it was read in that of the publisher."),
    "duplicate_id_merged": _("Entries of one list have the same id; they were merged."),
    "duplicate_key": _("The member stands twice in one object; the last one was taken."),
    "id_not_scalar": _("An id is text or a number; the JSON of this one was taken for it."),
    "lone_surrogate_replaced": _("Half a character was replaced by a sign for what is missing."),
    "nul_removed": _("NUL characters were left out."),
    "number_as_text": _("A number stands where text belongs; it was read as text."),
    "number_expected": _("A number belongs here (1234567.89, without separators); what stands here is not used."),
    "number_out_of_range": _("The number is too large to be kept; it is not used."),
    "number_rounded": _("The number was rounded to ten decimals."),
    "object_expected": _("An object belongs here; what stands here is not used."),
    "object_where_array": _("A list belongs here; the object was taken for its only entry."),
    "ocid_of_record": _("The release has no ocid; that of its record was taken."),
    "release_id_reused": _("Two releases have this id; the last received was taken."),
    "release_without_date_merged_first": _("The release has no date; it was merged before those that have one."),
    "releases_can_not_be_merged": _("The releases can not be merged; the newest alone was taken."),
    "releases_disagree_in_shape": _("The releases have objects where others have lists; each was taken for a list."),
    "text_as_number": _("The number is written as text; it was read as a number."),
    "text_expected": _("Text belongs here; what stands here is not used."),
    "text_where_array": _("A list belongs here; the text was taken for its only entry."),
    "whole_number_expected": _("A whole number belongs here; what stands here is not used."),
}


def correction_in_readers_language(code: str) -> str:
    """Return what a correction did in the language in force; the code itself if no version knows it any more."""
    sentence = SENTENCES.get(code)
    return gettext(sentence) if sentence else code
