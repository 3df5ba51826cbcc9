"""Changes to a document that keep most of its structure: what publishers get wrong, and what attackers try."""

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Place = tuple[Any, Any]  # a list or object, and the index or name in it


class Raw(str):
    """Text that stands in JSON as it is."""

    __slots__ = ()


class Twin(str):
    """A name that may stand in an object twice."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


NUMBERS = tuple(
    Raw(text)
    for text in (
        *("0", "-0", "-0.0", "-1", "1e400", "-1e400", "1e-400", "1E5", "1e+2", "0.1", "1e999999999", "1e-999999999"),
        "-1e99999999999999999999",
        *("9" * 40, "9" * 41, "9" * 5000, "0." + "0" * 39 + "1", "0." + "3" * 300, "1" + "0" * 18, "1" + "0" * 38),
        *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e18", "1e19", "123456789012345.675"),
        *("NaN", "Infinity", "-Infinity", "00", "01", "1.", ".5", "+1", "0x10", "1_000", "1e", "--1", "٣"),
    )
)
TEXTS = (
    *("", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "a\udc00b", "\ufeff", "\ufffe", "\uffff", "\U0010ffff"),
    *("\u202eabc", "\u200b", "\u0300" * 50, "é" * 3, "e\u0301"),
    *("ﬀ", "ß", "İ", "ı", "\x1b[31m", "\r\n", "\t", "\x7f", "\x85"),
    *("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "' OR 1=1 --", "%00", "%s%n"),
    *(
        "../../etc/passwd",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://[::1",
        "http://[a]/b.pdf",
        "http://a b/",
        "//",
        "\\u0000",
    ),
    *("null", "true", "NaN", "1e400", "0", "-1", "1.234.567,89", "1,234,567.89", "$ 1.000", "S/. 12,00", "USD", "XXX"),
    *("a" * 300, "á" * 3000, "a-" * 5000, "a \n" * 5000, "(" * 5000, "1" * 5000, "cámaras de videovigilancia " * 400),
    *(
        "préstamo del BID " * 300,
        "marca Cisco o similar " * 300,
        "policía " * 500,
        "x/" * 4000,
        "~1~0/",
        "#",
        "/",
        "~",
        "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(9_000)),  # does not compress
    ),
)
DATES = (
    *("0000-00-00", "0000-00-00T00:00:00Z", "0001-01-01", "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-23:59"),
    *("10000-01-01", "-0001-01-01T00:00:00Z", "2024-02-30", "2024-13-01", "2024-1-1", "24-01-01", "20240101"),
    *("2024-01-01T25:00:00Z", "2024-01-01T00:00:00+99:99", "2024-01-01T00:00:00.123456789Z", "2024-01-01 00:00"),
    *("01/02/2024", "2024", "2024-06", "1704067200", "2024-W01-1", "0001-01-01T00:00:00+14:00", "P1Y", "2031-01-01"),
    *("2024-01-01T00:00:00Z ", "2024-01-01T00:00:00-00:00", "２０２４-01-01", "2024-01-01T24:00:00Z", "now"),
)
NAMES = (
    *("ocid", "id", "date", "tag", "title", "description", "value", "amount", "currency", "status", "name", "items"),
    *("tender", "awards", "contracts", "parties", "buyer", "suppliers", "documents", "releases", "records", "bids"),
    *("compiledRelease", "identifier", "scheme", "relatedLots", "lots", "amendments", "implementation", "planning"),
    *("__proto__", "constructor", "$ref", "$schema", "", " ", "\x00", "a/b~c", "\ud800", "a" * 500, "veedor", "claim"),
)
DEPTHS = (2, 5, 20, 60, 62, 63, 64, 65, 66, 130, 500, 5_000, 100_000)
LENGTHS = (1_000, 10_000, 70_000, 250_000, 1_100_000, 4_100_000)
COUNTS = (2, 10, 21, 100, 500)


def places(document: Any) -> list[Place]:
    """Return every place in a document, from above to below."""
    found: list[Place] = []
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        keys: Sequence[Any] = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found


def mutate(chance: random.Random, document: Any, others: Sequence[Any]) -> str:
    """
    Change one place of a document, or another one where the change fits only there; return its name.

    :param others: documents of which parts may be taken
    """
    found = places(document) if isinstance(document, dict | list) else []
    if not found:
        return "nothing to change"
    change = chance.choices(CHANGES, WEIGHTS)[0]
    change(chance, found, others)
    return change.__name__.strip("_")


Change = Callable[[random.Random, list[Place], Sequence[Any]], None]


def _delete(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    del holder[key]


def _duplicate(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    if isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    else:
        holder[Twin(key)] = chance.choice((copy.deepcopy(holder[key]), None, "x"))


def _retype(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    holder[key] = chance.choice(
        (None, True, False, 0, -1, 1.5, "", "x", [], {}, [[]], [None], {"": {}}, [{}], {"id": {}})
    )


def _nest(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    holder[key] = chance.choice(([holder[key]], {str(key): holder[key]}, {"id": holder[key]}, [[holder[key]], None]))


def _unnest(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice([place for place in found if isinstance(place[0][place[1]], dict | list)] or found)
    inner = holder[key]
    if isinstance(inner, dict | list) and inner:
        holder[key] = next(iter(inner.values())) if isinstance(inner, dict) else inner[0]


def _deepen(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    depth = chance.choice(DEPTHS)
    core = chance.choice(("1", '"\\u0000"', "{}", ""))
    opening, closing = chance.choice((("[", "]"), ('{"a":', "}"), ('[{"id":', "}]")))
    holder[key] = Raw(opening * depth + (core or "[]") + closing * depth)


def _odd_number(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    numeric = [(holder, key) for holder, key in found if isinstance(holder[key], int | float)]
    holder, key = chance.choice(numeric if numeric and chance.random() < 0.7 else found)
    holder[key] = chance.choice(NUMBERS)


def _odd_text(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice([place for place in found if isinstance(place[0][place[1]], str)] or found)
    text = chance.choice(TEXTS)
    value = holder[key]
    holder[key] = value + text if isinstance(value, str) and chance.random() < 0.3 else text


def _odd_date(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    dates = [place for place in found if isinstance(place[1], str) and "date" in place[1].lower()]
    holder, key = chance.choice(dates or found)
    holder[key] = chance.choice(DATES)


def _long_text(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    holder, key = chance.choice([place for place in found if isinstance(place[0][place[1]], str)] or found)
    unit = chance.choice(
        ("a", "á", "x ", "a-", "- \n", "\\u0041", "12.5 ", "\\ud83d\\ude00", "cámaras LPR de policía; ")
    )
    holder[key] = Raw('"' + (unit * (chance.choice(LENGTHS) // len(unit) + 1)).replace("\n", "\\n") + '"')


def _rename(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    named = [place for place in found if isinstance(place[0], dict)]
    if not named:
        return
    holder, key = chance.choice(named)
    value = holder.pop(key)
    holder[_near(chance, str(key)) if chance.random() < 0.6 else chance.choice(NAMES)] = value


def _near(chance: random.Random, name: str) -> str:
    """Return a name that a person may have meant."""
    at = chance.randrange(len(name) + 1)
    return chance.choice(
        (
            *(name.upper(), name.capitalize(), name.lower()),
            *(name.swapcase(), name + "s", name.rstrip("s"), name + " "),
            *(name[:at] + name[at + 1 :], name[:at] + name[at : at + 1] + name[at:], name[:at] + "_" + name[at:]),
            *(f"{name}/", f"/{name}", f"{name}\u200b", name.replace("a", "á"), name.replace("i", "ı"), f"ocds:{name}"),
        )
    )


def _add(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    named = [place for place in found if isinstance(place[0], dict)]
    if named:
        holder, _key = chance.choice(named)
        holder[chance.choice(NAMES)] = chance.choice(
            (None, "x", 1, [], {}, [{"id": "x"}], {"amount": "x"}, *TEXTS[:20])
        )


def _multiply(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    lists = [(holder, key) for holder, key in found if isinstance(holder[key], list) and holder[key]]
    if lists:
        holder, key = chance.choice(lists)
        text = write(holder[key])[1:-1]
        count = min(chance.choice((*COUNTS, 20_000)), 3_000_000 // (len(text) + 1) + 1)
        holder[key] = Raw("[" + ",".join([text] * count) + "]")


def _swap(chance: random.Random, found: list[Place], _others: Sequence[Any]) -> None:
    (holder, key), (other, name) = chance.choice(found), chance.choice(found)
    # Copies: one of them may be inside the other.
    holder[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(holder[key])


def _graft(chance: random.Random, found: list[Place], others: Sequence[Any]) -> None:
    holder, key = chance.choice(found)
    donors = places(chance.choice(others))
    if donors:
        donor, name = chance.choice(donors)
        holder[name if isinstance(holder, dict) and isinstance(name, str) else key] = copy.deepcopy(donor[name])


CHANGES: tuple[Change, ...] = (
    *(_delete, _duplicate, _retype, _nest, _unnest, _deepen, _odd_number, _odd_text, _odd_date, _long_text),
    *(_rename, _add, _multiply, _swap, _graft),
)
WEIGHTS = (3, 2, 4, 2, 2, 0.5, 3, 4, 3, 0.4, 3, 2, 0.5, 2, 2)


def write(value: Any, *, ascii_only: bool = True) -> str:
    """Return JSON that may hold what no library writes: names twice, numbers and text as they stand."""
    return "".join(_parts(value, ascii_only))


def _parts(value: Any, ascii_only: bool) -> Iterator[str]:
    match value:
        case Raw():
            yield value
        case dict():
            yield "{"
            for number, (name, member) in enumerate(value.items()):
                yield "," if number else ""
                yield json.dumps(str(name), ensure_ascii=ascii_only) + ":"
                yield from _parts(member, ascii_only)
            yield "}"
        case list():
            yield "["
            for number, entry in enumerate(value):
                yield "," if number else ""
                yield from _parts(entry, ascii_only)
            yield "]"
        case _:
            yield json.dumps(value, ensure_ascii=ascii_only)
