"""
What is wrong with input, in the reader's language.

The gate is pure and writes its details in English, and so they are stored. Here stands each of them as a template. A
test holds the list to what the code raises, so that no detail comes without one. Hints are marked where they stand, in
``contracts.ocds.problems``.
"""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from contracts.stored_texts import StoredTexts

# What stands in the place of a value and is a word: the kind of a JSON value, a message of Python's JSON reader
# (https://docs.python.org/3/library/json.html, json/decoder.py), where reading stopped.
_WORDS = StoredTexts(
    (
        _("a list"),
        _("a number"),
        _("an object"),
        _("text %(text)s"),
        _("true or false"),
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
        _("after %(number)s bytes"),
        _("after %(number)s problems"),
        _("after %(number)s seconds"),
    )
)

_DETAILS = StoredTexts(
    (
        _("%(message)s at byte %(offset)s."),
        _("%(number)s more lines are not UTF-8 throughout."),
        _("%(number)s more entries that follow are no objects."),
        _("A bracket closes what was never opened."),
        _("A simple contract has at most %(limit)s bytes."),
        _("Byte %(offset)s is not UTF-8."),
        _("Found %(text)s where an object belongs."),
        _("It holds more than %(number)s values."),
        _("It is larger than %(size)s bytes."),
        _("It is nested deeper than %(levels)s levels."),
        _("It unpacks to more than %(limit)s bytes."),
        _("It was tried %(number)s times, and each time the worker died or ran out of time."),
        _("Line %(line)s is not UTF-8 at byte %(offset)s; it was read as %(text)s."),
        _("Reading stopped %(where)s; what follows was not looked at."),
        _("The JSON value is not an object."),
        _("The amount %(amount)s is below 0."),
        _("The body is %(length)s bytes long; the limit is %(limit)s."),
        _("The body is too large."),
        _("The currency %(currency)s is not in ISO 4217."),
        _("The date %(date)s is more than %(years)s years ahead."),
        _("The field %(name)s is not known: it is kept, and nothing reads it."),
        _("The field %(name)s is not known: it is kept, and nothing reads it. Is it %(near)s?"),
        _("The file is not valid UTF-8."),
        _("The gzip data ends early."),
        _("The gzip data is damaged: %(message)s."),
        _("The input holds no release and no record."),
        _("The input ends inside the value that starts at byte %(offset)s."),
        _("The member %(name)s stands twice in one object, with different values."),
        _("The member name %(name)s can not be kept."),
        _("The number %(number)s… (%(length)s characters) can not be kept exactly."),
        _("The object has none of releases, records, ocid. It has: %(members)s."),
        _(
            "The object has none of releases, records, ocid. It has: %(members)s. A simple contract needs title or "
            "description, and buyer or supplier, under these names."
        ),
        _("The ocid is no text, or longer than %(limit)s characters."),
        _("The package says version %(version)s."),
        _("The record holds no release that can be read."),
        _("The record is not an object."),
        _("The release has no ocid."),
        _("The release is a link to %(url)s."),
        _("The release is not an object."),
        _("The release was read, but storing it failed with %(error)s."),
        _("The submission is empty."),
        _("The submission is larger than %(limit)s bytes."),
        _("There is text outside of a JSON object."),
        # simple contracts
        _("a contract needs a title or a description: say what is bought"),
        _("a document needs a URL or a title"),
        _("an organization needs a name"),
        _("expected a JSON object, found %(found)s: send one contract as an object"),
        _('expected a list of URLs, found %(found)s: write ["https://…"]'),
        _("expected a name or an object with a name, found %(found)s"),
        _("expected a number, found %(found)s: write 1250000.50, without separators or signs"),
        _("expected a URL or an object with a URL, found %(found)s"),
        _("expected a URL that begins with http:// or https://"),
        _("expected an object of dates, found %(found)s: write {'date': …}"),
        _('expected text, found %(found)s: write it as "…"'),
        _("no country is called %(name)s: use an ISO 3166-1 code such as PE"),
        _("no date is written %(text)s: write 2024-03-01 or 2024-03-01T10:00:00Z"),
        _("no such date: the dates are %(names)s"),
    ),
    _WORDS,
)


def detail_in_readers_language(detail: str) -> str:
    """Return the stored detail of a problem, or the error of a submission, in the language in force."""
    return _DETAILS.translate(detail)


def hint_in_readers_language(hint: str) -> str:
    """Return the stored hint of a problem in the language in force."""
    return gettext(hint) if hint else ""  # the empty text names the head of the catalog
