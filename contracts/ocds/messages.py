"""
English texts of problems, one for each code, with its values as ``%(name)s``.

Codes and values are stored; ``contracts.translating`` renders them in the reader's language.
"""


def _(text: str) -> str:
    """Mark a text for the catalogs of translations."""
    return text


_NUMBER = _("The number %(number)s… (%(length)s characters) can not be kept exactly.")

# Code of a problem → its variants → what was found. The variant ``""`` is the usual one.
DETAILS = {
    "empty_body": {"": _("The submission is empty.")},
    "not_json": {
        "": _("%(message)s at byte %(offset)s."),
        "bracket": _("A closing bracket has no opening bracket."),
        "outside": _("There is text outside of a JSON object."),
    },
    "cut_off": {"": _("The input ends inside the value that starts at byte %(offset)s.")},
    "not_a_package": {
        "": _("The JSON value is not an object."),
        "members": _("The object has none of releases, records, ocid. It has: %(members)s."),
        "almost_simple": _(
            "The object has none of releases, records, ocid. It has: %(members)s. A simple contract needs title or "
            "description, and buyer or supplier, under these names."
        ),
        "simple_among": _(
            "This is a simple contract, and it is not the only one. Send each by itself, or all of them as a table "
            "(CSV, XLSX)."
        ),
    },
    "object_expected": {
        "": _("Found %(text)r where an object is expected."),
        "more": _("%(number)s more entries that follow are not objects."),
        "record": _("The record is not an object."),
        "release": _("The release is not an object."),
    },
    "ocid_missing": {"": _("The release has no ocid.")},
    "ocid_unreadable": {"": _("The ocid is not text, or is longer than %(limit)s characters.")},
    "too_deep": {"": _("It is nested deeper than %(limit)s levels.")},
    "item_too_large": {
        "": _("It is larger than %(limit)s bytes."),
        "values": _("It contains more than %(limit)s values."),
    },
    "body_too_large": {
        "": _("The body is too large."),
        "length": _("The body is %(length)s bytes long; the limit is %(limit)s."),
        "limit": _("The submission is larger than %(limit)s bytes."),
        "simple_contract": _("A simple contract has at most %(limit)s bytes."),
    },
    "unpacked_too_large": {"": _("It unpacks to more than %(limit)s bytes.")},
    "gzip_damaged": {
        "": _("The gzip data is damaged: %(message)s."),
        "early_end": _("The gzip data ends early."),
    },
    "number_too_long": {"": _NUMBER},
    "number_out_of_range": {"": _NUMBER},
    "number_underflow": {"": _NUMBER},
    "nul_in_key": {"": _("The member name %(name)r can not be stored.")},
    "duplicate_key": {"": _("The member %(name)r is given twice in one object, with different values.")},
    "encoding_unknown": {"": _("Byte %(offset)s is not UTF-8.")},
    "linked_release": {"": _("The release is a link to %(url)s.")},
    "looks_like_latin1": {
        "": _("The file is not valid UTF-8."),
        "line": _("Line %(line)s is not UTF-8 at byte %(offset)s; it was read as %(text)r."),
        "more": _("%(number)s more lines are not UTF-8 throughout."),
    },
    "encoded_twice": {
        "": _("Texts of %(number)s cells were encoded twice; %(text)r, the first of them, was read as %(used)r."),
    },
    "more_pages": {"": _("This is one page of several; the next one is at %(url)s.")},
    "version_unknown": {"": _("The package says version %(version)r.")},
    "simple_contract": {
        "amount_unclear": _("%(text)r may be %(readings)s: write it without marks between thousands"),
        "country": _("%(text)r is not a country: write its name, or its ISO 3166-1 code such as PE"),
        "currencies": _("the amount is in %(first)s, the currency says %(second)s: which one is it?"),
        "currency_unclear": _("%(text)r may be of several currencies: write the code, such as MXN, COP or USD"),
        "date": _("%(text)r is not a valid date: write 2024-03-01 or 01/03/2024"),
        "date_day": _("%(text)r names no day: write it in full, as 2024-03-01, or leave it out"),
        "date_unclear": _("%(text)r may be %(readings)s: write the year first"),
        "date_year": _("%(text)r has a year of two digits: write 2024-03-01 or 01/03/2024"),
        "date_name": _("this date is not known: the dates are %(names)s"),
        "dates": _("expected an object of dates, found %(found)s: write {'date': …}"),
        "document": _("expected a URL or an object with a URL, found %(found)s"),
        "document_empty": _("a document needs a URL or a title"),
        "documents": _('expected a list of URLs, found %(found)s: write ["https://…"]'),
        "number": _("expected an amount, found %(found)s: write it in digits, as 1250000.50 or 1.250.000,50"),
        "object": _("expected a JSON object, found %(found)s: send one contract as an object"),
        "party": _("expected a name or an object with a name, found %(found)s"),
        "party_name": _("an organization needs a name"),
        "text": _('expected text, found %(found)s: write it as "…"'),
        "title": _("a contract needs a title or a description: say what is bought"),
        "unknown": _("the field %(name)r is not known: leave it out, since what a contract holds may be published"),
        "unknown_near": _("the field %(name)r is not known: did you mean %(near)r?"),
        "url": _("expected a URL that begins with http:// or https://"),
    },
    "cell_unread": {
        "amount_unclear": _("%(text)r may be %(readings)s; no row of its column shows which."),
        "country": _("%(text)r is not a country."),
        "currencies": _("The amount is in %(first)s, the currency says %(second)s."),
        "cut_short": _(
            "%(text)r is what an office program makes of a long number: its last digits are gone. Format the column "
            "as text, and write the numbers in it again."
        ),
        "date": _("%(text)r is not a valid date."),
        "date_day": _("%(text)r names no day: only whole dates, as 2024-03-01, are taken."),
        "date_unclear": _("%(text)r may be %(readings)s."),
        "date_year": _("%(text)r has a year of two digits: write all four (2024-03-01 or 01/03/2024)."),
        "ditto": _("%(text)r stands for what is written above it. Write the value itself in each row."),
        "error": _(
            "%(text)r stands where a program could not work out a value, or has not done so yet. Open and save the "
            "table in an office program, or write the value itself."
        ),
        "number": _("A number is expected, found %(found)s."),
        "url": _("This is not an address that begins with http:// or https://."),
    },
    "row_broken": {
        "cells": _(
            "The row has %(number)s cells and the header %(limit)s, so its cells may stand in the wrong columns; it "
            'was left out. What holds the delimiter of the table stands in quotes, as “"1.234,56"” between commas.'
        ),
        "line": _("The row is longer than %(limit)s characters; it was left out."),
        "quote": _('A quote (") is opened and not closed: %(text)r. The row was parted at each delimiter.'),
    },
    "row_incomplete": {
        "": _(
            "The row does not tell enough: neither title nor description, nor two of id, buyer, supplier and amount."
        ),
        "lone": _(
            "Only one cell of the row is filled, with %(text)r: it seems to be a heading or a note. If it says who "
            "buys in the rows below, write it in a column of its own in each of them, with a header such as “Entidad”."
        ),
        "ocid": _("The row has no ocid."),
        "sum": _("The row seems to hold a sum of others: %(text)r."),
    },
    "row_merged": {"": _("The row is of the process and the supplier of row %(number)s: both became one award.")},
    "row_repeated": {"": _("The row says the same as row %(number)s.")},
    "table_not_recognised": {"": _("The columns are not known. Its headers are: %(headers)s.")},
    "hidden": {
        "": _("The sheet is hidden in the file; its %(number)s rows were read all the same."),
        "rows": _("%(number)s rows of the sheet are hidden in the file, by a filter perhaps; they were read too."),
    },
    "number_format": {
        "currencies": _("Its format shows %(text)r; %(currency)s was taken, which its row or header names."),
        "no_currency": _("The amount was taken without a currency: none is named, or one of several countries (“$”)."),
        "divided": _("The number is shown divided by %(number)s; the whole one, which the file holds, was taken."),
        "scaled": _("The number was multiplied by %(number)s, as its format shows %(text)r beside it."),
        "unread": _("Its format shows %(text)r beside the number; that was not read."),
    },
    "number_of_whom": {
        "": _("Nothing tells whose numbers stand in %(header)r, the buyer's or the supplier's; they are not read."),
    },
    "mapping_refused": {
        "country": _("%(text)r is not a country."),
        "currency": _("%(text)r is not a currency: write a code such as MXN, COP or USD."),
        "decimal_mark": _("The decimal mark is a point or a comma."),
        "fact": _(
            "%(text)r is no fact that a column may hold, nor a path to a member of OCDS, such as tender/value/amount."
        ),
        "few": _(
            "Say of two columns at least what they hold, one of them title, description, buyer, supplier or amount."
        ),
        "headers": _("A mapping names at most %(number)s columns, each by a header of at most %(limit)s characters."),
        "many": _("An account keeps at most %(number)s mappings."),
        "shape": _("The mapping is not valid: %(message)s."),
    },
    "file_refused": {
        "archive": _("The file is an archive (ZIP, RAR …). Unpack it, and send the files in it by themselves."),
        "damaged": _("The file is damaged (%(kind)s)."),
        "encrypted": _("The file is protected by a password (%(kind)s)."),
        "entries": _("The file holds more than %(limit)s parts."),
        "kind": _("The file is of the kind %(kind)s, and can not be read as a record or a table."),
        "macros": _("The file holds macros (%(kind)s)."),
        "page": _(
            "The file is a web page, even where its name says that it is a table. Open it in an office program and "
            "save it as XLSX, or print it to a PDF."
        ),
        "picture": _(
            "The picture is of a kind that can not be read here (HEIC, WEBP, GIF …). Save it as JPEG or PNG; a "
            "screenshot of it is one too."
        ),
        "ratio": _("The file unpacks to more than %(limit)s times its size."),
        "text": _(
            "The file is plain text, and neither a table, which has a row of headers and a row below it, nor OCDS. "
            "Write what it says into the fields of the form, a link too, or save it as PDF or DOCX."
        ),
        "unpacked": _("The file unpacks to more than %(limit)s bytes."),
        "writing": _("The file is of the kind %(kind)s. Print it to a PDF, or save it as DOCX."),
    },
    "document_refused": {
        "crash": _("The document could not be read: it is damaged, or made to break its reader."),
        "kind": _("The file is of the kind %(kind)s. Documents are PDF, DOCX, PNG, JPEG or TIFF."),
        "memory": _("The document could not be read: it takes too much memory."),
        "output": _("The document could not be read: it holds too much."),
        "size": _("The document is larger than %(limit)s bytes."),
        "time": _("The document could not be read: it takes too long."),
    },
    "too_many_files": {"": _("These are more than %(limit)s files at once.")},
    "day_exceeded": {"": _("It is more than one account may send a day.")},
    "document_uncleaned": {
        "": _("No copy without metadata could be made of the document: only its text is shown."),
    },
    "pages_unread": {
        "": _("%(read)s of %(pages)s pages were read; the limit is %(limit)s."),
        "crash": _("Pages %(pages)s ended their reader: they are damaged, or made to do so."),
        "damaged": _("Pages %(pages)s are damaged."),
        "memory": _("Pages %(pages)s take too much memory."),
        "ocr": _("The text of pages %(pages)s, which are pictures, could not be recognised."),
        "ocr_limit": _("Pages %(pages)s are pictures, and too many of them."),
        "ocr_missing": _(
            "Pages %(pages)s are pictures, and this installation lacks what recognises text: %(missing)s."
        ),
        "ocr_poor": _(
            "Pages %(pages)s are pictures whose text was hard to recognise: most of it may be wrong. Sharper ones, "
            "taken from straight above, are read better."
        ),
        "ocr_time": _("To recognise the text of pages %(pages)s takes too long."),
        "output": _("Pages %(pages)s hold too much."),
        "time": _("Pages %(pages)s take too long."),
        "too_large": _("Pages %(pages)s are larger pictures than can be read."),
    },
    "reading_ended": {
        "crash": _("Reading the file ended after %(number)s rows: it is damaged, or made to break its reader."),
        "memory": _("Reading the file ended after %(number)s rows: it takes too much memory."),
        "output": _("Reading the file ended after %(number)s rows: it holds too much."),
        "time": _("Reading the file ended after %(number)s rows: it takes too long."),
    },
    "field_unknown": {
        "": _("The field %(name)r is not known: it is kept, and nothing reads it."),
        "near": _("The field %(name)r is not known: it is kept, and nothing reads it. Is it %(near)r?"),
    },
    "currency_unknown": {"": _("The currency %(currency)r is not in ISO 4217.")},
    "amount_negative": {"": _("The amount %(amount)s is below 0.")},
    "amount_read": {"": _("The amount %(text)r was read as %(amount)s.")},
    "amounts_scaled": {"": _("The amounts of %(header)r were multiplied by %(number)s, as %(text)r says.")},
    "date_far_ahead": {"": _("The date %(date)s is more than %(years)s years ahead.")},
    "period_reversed": {"": _("The period ends on %(end)s, before it begins on %(start)s.")},
    "release_in_future": {"": _("The release is dated %(date)s, ahead of today.")},
    "release_older_than_known": {
        "": _("The release is dated %(date)s; a release of %(known)s is known of its ocid."),
    },
    "no_records": {"": _("The input contains neither releases nor records.")},
    "no_release": {"": _("The record contains no readable release.")},
    "reading_stopped": {
        "bytes": _("Reading stopped after %(number)s bytes; the rest was not checked."),
        "problems": _("Reading stopped after %(number)s problems; the rest was not checked."),
        "seconds": _("Reading stopped after %(number)s seconds; the rest was not checked."),
    },
    "processing_failed": {"": _("The release was read, but storing it failed with %(error)s.")},
    "attempts_exhausted": {
        "": _("It was tried %(number)s times; each time the worker died or ran out of time."),
    },
}

# What stands where another kind of value is expected, in the value ``found``.
FOUND = {
    "boolean": _("true or false"),
    "list": _("a list"),
    "null": "null",
    "number": _("a number"),
    "object": _("an object"),
    "text": _("text %(text)r"),
}

# Kinds of files that have a word for a name, in the value ``kind``.
FILE_KINDS = {
    "archive": _("archive (ZIP, RAR …)"),
    "mail": _("e-mail"),
    "picture": _("picture"),
    "media": _("moving picture or sound"),
    "program": _("program"),
    "text": _("text"),
}

# The messages of Python's JSON reader, in the value ``message`` (json/decoder.py).
JSON_MESSAGES = frozenset(
    {
        _("Expecting ',' delimiter"),
        _("Expecting ':' delimiter"),
        _("Expecting property name enclosed in double quotes"),
        _("Expecting value"),
        _("Extra data"),
        _("Illegal trailing comma before end of array"),
        _("Illegal trailing comma before end of object"),
        _("Invalid \\escape"),
        _("Invalid \\uXXXX escape"),
        _("Invalid control character at"),
        _("Unterminated string starting at"),
    }
)

# Code of a problem → how to fix it.
HINTS = {
    "empty_body": _("Open the file to see whether something stands in it, and choose it again."),
    "not_json": _(
        "Check the file with a JSON validator at the given offset; a download may have been cut short. A table needs "
        "a row of headers and a row below it; send a text as a PDF or DOCX."
    ),
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
    "looks_like_latin1": _("Bytes that are not UTF-8 were read as Windows-1252. Check the accents, or send UTF-8."),
    "encoded_twice": _("Check the accents. Choose UTF-8 when you open the table, and save it again."),
    "more_pages": _("It was read. Veedor fetches nothing: send the other pages too."),
    "version_unknown": _("Veedor supports OCDS 1.0 and 1.1; it read the record as 1.1."),
    "simple_contract": _("Give each field of the simple contract in the form that the API's documentation shows."),
    "cell_unread": _("The cell was left out, the rest of its row was taken. Correct it and send the table again."),
    "row_broken": _("Open the file in an office program, check the row, and save it again."),
    "row_incomplete": _("The row was left out. Fill its cells in, or remove the row if it is none of the data."),
    "row_merged": _("If they are two contracts, give each a number of its own, and send it again."),
    "row_repeated": _("It was taken once."),
    "table_not_recognised": _(
        "Name the columns as the template does: title, buyer, supplier, amount, and so on; or say what they hold, on "
        "the page of the form that asks for it, or by `me/table-mappings/` of the API."
    ),
    "hidden": _("If you did not mean to send them, take it back, delete them in the file, and send it again."),
    "number_format": _(
        "It is told once of a column. Name the currency in a column “Moneda” (MXN, COP, USD), or the country in one "
        "“País”; if the amounts are others, say “miles” or “millones” in the header. Then send it again."
    ),
    "number_of_whom": _(
        "Name the party in the header, such as “RUC proveedor” or “CNPJ do órgão”, and send it again."
    ),
    "mapping_refused": _(
        'Write {"columns": {"Header": "title", "Another": "buyer"}}; `country` and `currency` may follow.'
    ),
    "file_refused": _(
        "Send OCDS as JSON, a table as CSV, XLSX, XLS or ODS, or a document as PDF, DOCX or picture: each by itself, "
        "without a password and without macros."
    ),
    "document_refused": _("Print it to a new PDF, without a password, or send it in parts."),
    "too_many_files": _("Add the others with the receipt, later."),
    "day_exceeded": _("Send it tomorrow. Days are those of UTC."),
    "document_uncleaned": _("Print it to a new PDF, so that it can be shown too."),
    "pages_unread": _("What was not found may stand on the pages that were not read."),
    "reading_ended": _("Save the table as CSV, or send it in parts."),
    "field_unknown": _("Write the field as the API's documentation does, if it should be read."),
    "currency_unknown": _("Write the currency as an ISO 4217 code, such as PEN, MXN or BRL."),
    "amount_negative": _("Check the sign of the amount."),
    "amount_read": _("Give the amount as a number to be sure."),
    "amounts_scaled": _(
        "If they are written in full already, take out what says otherwise, and send the table again."
    ),
    "date_far_ahead": _("Check the year."),
    "period_reversed": _("Check both dates. They are kept as they are written."),
    "release_in_future": _("Check the year. It is stored, and counts as the newest release of its ocid."),
    "release_older_than_known": _(
        "It is stored, and merged in the order of dates: it changes nothing that a later release says."
    ),
    "no_records": _("Send at least one release, record or simple contract."),
    "no_release": _("The record has neither releases nor a compiled release."),
    "reading_stopped": _("Fix the problems listed, or split the file; the rest was not checked."),
    "processing_failed": _("The bytes are kept. Ask the administrators, who can see the error in the log."),
}
