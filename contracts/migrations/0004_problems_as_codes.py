"""
Problems of submissions: the English sentence of each → the variant of its code, and values.

A sentence that is not among those that version 0.1 wrote is kept, as the value of a text that is shown as it stands.
Corrections: prose in `used` → what it stood for, where that is known; the rest is replaced at the next compilation.
"""

import ast
import re

from django.db import migrations

# Code → variant → the sentences that version 0.1 stored; those of a code go from the narrow to the wide.
_NUMBER = "The number {number}… ({length} characters) can not be kept exactly."
SENTENCES = {
    "empty_body": {"": "The submission is empty."},
    "not_json": {
        "bracket": "A bracket closes what was never opened.",
        "outside": "There is text outside of a JSON object.",
        "": "{message} at byte {offset}.",
    },
    "cut_off": {"": "The input ends inside the value that starts at byte {offset}."},
    "not_a_package": {
        "": "The JSON value is not an object.",
        "almost_simple": (
            "The object has none of releases, records, ocid. It has: {members}. A simple contract needs title or "
            "description, and buyer or supplier, under these names."
        ),
        "members": "The object has none of releases, records, ocid. It has: {members}.",
    },
    "object_expected": {
        "": "Found {text} where an object belongs.",
        "more": "{number} more entries that follow are no objects.",
        "record": "The record is not an object.",
        "release": "The release is not an object.",
    },
    "ocid_missing": {"": "The release has no ocid."},
    "ocid_unreadable": {"": "The ocid is no text, or longer than {limit} characters."},
    "too_deep": {"": "It is nested deeper than {limit} levels."},
    "item_too_large": {
        "": "It is larger than {limit} bytes.",
        "values": "It holds more than {limit} values.",
    },
    "body_too_large": {
        "": "The body is too large.",
        "length": "The body is {length} bytes long; the limit is {limit}.",
        "limit": "The submission is larger than {limit} bytes.",
        "simple_contract": "A simple contract has at most {limit} bytes.",
    },
    "unpacked_too_large": {"": "It unpacks to more than {limit} bytes."},
    "gzip_damaged": {"": "The gzip data is damaged: {message}.", "early_end": "The gzip data ends early."},
    "number_too_long": {"": _NUMBER},
    "number_out_of_range": {"": _NUMBER},
    "number_underflow": {"": _NUMBER},
    "nul_in_key": {"": "The member name {name} can not be kept."},
    "duplicate_key": {"": "The member {name} stands twice in one object, with different values."},
    "encoding_unknown": {"": "Byte {offset} is not UTF-8."},
    "linked_release": {"": "The release is a link to {url}."},
    "looks_like_latin1": {
        "": "The file is not valid UTF-8.",
        "line": "Line {line} is not UTF-8 at byte {offset}; it was read as {text}.",
        "more": "{number} more lines are not UTF-8 throughout.",
    },
    "version_unknown": {"": "The package says version {version}."},
    "simple_contract": {
        "country": "no country is called {text}: use an ISO 3166-1 code such as PE",
        "date": "no date is written {text}: write 2024-03-01 or 2024-03-01T10:00:00Z",
        "date_name": "no such date: the dates are {names}",
        "dates": "expected an object of dates, found {found}: write {{'date': …}}",
        "document": "expected a URL or an object with a URL, found {found}",
        "document_empty": "a document needs a URL or a title",
        "documents": 'expected a list of URLs, found {found}: write ["https://…"]',
        "number": "expected a number, found {found}: write 1250000.50, without separators or signs",
        "object": "expected a JSON object, found {found}: send one contract as an object",
        "party": "expected a name or an object with a name, found {found}",
        "party_name": "an organization needs a name",
        "text": 'expected text, found {found}: write it as "…"',
        "title": "a contract needs a title or a description: say what is bought",
        "url": "expected a URL that begins with http:// or https://",
    },
    "field_unknown": {
        "near": "The field {name} is not known: it is kept, and nothing reads it. Is it {near}?",
        "": "The field {name} is not known: it is kept, and nothing reads it.",
    },
    "currency_unknown": {"": "The currency {currency} is not in ISO 4217."},
    "amount_negative": {"": "The amount {amount} is below 0."},
    "date_far_ahead": {"": "The date {date} is more than {years} years ahead."},
    "no_records": {"": "The input holds no release and no record."},
    "no_release": {"": "The record holds no release that can be read."},
    "reading_stopped": {
        "bytes": "Reading stopped after {number} bytes; what follows was not looked at.",
        "problems": "Reading stopped after {number} problems; what follows was not looked at.",
        "seconds": "Reading stopped after {number} seconds; what follows was not looked at.",
    },
    "processing_failed": {"": "The release was read, but storing it failed with {error}."},
}
EXHAUSTED = r"It was tried \d+ times, and each time the worker died or ran out of time."
FOUND = {
    "a list": "list",
    "a number": "number",
    "an object": "object",
    "null": "null",
    "true or false": "boolean",
}
COUNTS = frozenset({"length", "limit", "line", "number", "offset", "years"})
_PLACE = re.compile(r"\{(\w+)\}")


def problem_from(stored):
    """Return a problem of version 0.1 as it is stored from now on."""
    kept = {name: stored[name] for name in ("code", "pointer", "line", "offset") if name in stored}
    if "detail" not in stored:
        return stored
    for variant, sentence in SENTENCES.get(stored["code"], {}).items():
        if (values := read_values(sentence, stored["detail"])) is not None:
            return {**kept, **({"variant": variant} if variant else {}), **({"values": values} if values else {})}
    return {**kept, "variant": "as_stored", "values": {"text": stored["detail"]}}


def read_values(sentence, detail):
    """Return the values of a sentence that was made from a template; `None` if it was not made from this one."""
    pieces = _PLACE.split(sentence.replace("{{", "\0").replace("}}", "\1"))
    literal = [re.escape(piece.replace("\0", "{").replace("\1", "}")) for piece in pieces[::2]]
    places = [f"(?P<{name}>.*)" for name in pieces[1::2]]
    pattern = "".join(part for pair in zip(literal, [*places, ""], strict=True) for part in pair)
    if not (match := re.fullmatch(pattern, detail, re.DOTALL)):
        return None
    values = {}
    for name, text in match.groupdict().items():
        if name == "found" and text.startswith("text "):
            values |= {"found": "text", "text": plain(text.removeprefix("text "))}
        elif name == "found":
            values["found"] = FOUND.get(text, "null")
        elif name in COUNTS and text.isascii() and text.isdigit():
            values[name] = int(text)
        elif name == "members":
            values[name] = plain(f"[{text}]")
        else:
            values[name] = plain(text) if text[:1] in {"'", '"'} else text
    return values


def plain(text):
    """Return what was quoted as Python does; the text itself if it was not."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def rewrite_problems(apps, _schema_editor):
    Submission = apps.get_model("contracts", "Submission")
    changed = []
    for submission in Submission.objects.exclude(problems=[], error="").only("problems", "error").iterator(500):
        submission.problems = [problem_from(problem) for problem in submission.problems]
        if re.fullmatch(EXHAUSTED, submission.error):
            submission.error = "attempts_exhausted"
        changed.append(submission)
        if len(changed) >= 100:
            Submission.objects.bulk_update(changed, ["problems", "error"])
            changed = []
    Submission.objects.bulk_update(changed, ["problems", "error"])


# In SQL, so that numbers keep every digit.
REWRITE_CORRECTIONS = """
UPDATE contracts_contractingprocess process SET corrections = (
    SELECT jsonb_agg(
        CASE
            WHEN entry -> 'used' = '"its only entry"' THEN entry || '{"used": "object"}'
            WHEN entry -> 'used' = '"a list of it"' THEN entry || '{"used": "array"}'
            WHEN entry -> 'used' = '"lone objects read as lists of one"' THEN entry || '{"used": "array"}'
            WHEN entry ->> 'reason' = 'release_id_reused' THEN entry || jsonb_build_object('used', entry -> 'found')
            ELSE entry
        END
        ORDER BY place
    )
    FROM jsonb_array_elements(process.corrections) WITH ORDINALITY listed(entry, place)
)
WHERE corrections @> '[{"reason": "array_where_object"}]'
    OR corrections @> '[{"reason": "object_where_array"}]'
    OR corrections @> '[{"reason": "text_where_array"}]'
    OR corrections @> '[{"reason": "releases_disagree_in_shape"}]'
    OR corrections @> '[{"reason": "release_id_reused"}]'
"""


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_publisher_history")]

    operations = [
        migrations.RunPython(rewrite_problems, migrations.RunPython.noop),
        migrations.RunSQL(REWRITE_CORRECTIONS, migrations.RunSQL.noop),
    ]
