"""Which organizations a text names: by identifier or name, in whatever spelling."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from contracts.models import ContractingProcess, Organization, Party
from contracts.models.organization import BY_ID, NUMBER
from contracts.models.process import may_see_personal_data
from contracts.names.spelling import compact, distinctive_words, numbers_in_keys
from contracts.ocds.folding import folded
from contracts.ocds.written.person_numbers import masked
from contracts.postgres.keys import key_of
from contracts.postgres.search import bounded, is_same_text, with_words

MAX_CANDIDATES = 10
# The columns returned of a candidate.
CANDIDATE = ("id", "key", "name", "country")
# How many organizations are compared with a name.
_MAX_COMPARED = 500
# A number as people write it, with what they call it or without: "CNPJ 06.108.854/0001-72", "80002612-8".
_NUMBER_ALONE = re.compile(r"(?:[A-Za-z]{2,5}[:\s]\s*)?(?P<number>\d[\d.\-/\s]{4,28}[\dKk])")

# Shorter ones are years, or stand in names.
_HAS_NUMBER = re.compile(r"(?:\d[\s.\-/]?){5}")
_LETTERS_AND_DIGITS = re.compile(r"[A-Za-z0-9Ññ&.\-/]{6,20}")
_SIX_DIGITS = re.compile(r"\d{6}")


def organizations_named(text: str, reader: Any) -> dict[str, list[int]]:
    """
    Return each id, key or whole name in a text → the primary keys of the bodies that it names: none, if nobody has it.

    A name may contain commas, so the text is first taken for one name. If nobody has that, and the reader may know one
    of its parts between commas, these are what is named.
    """
    parts = parts_of(text)
    ids_alone = all(map(str.isdecimal, parts))
    whole = [] if ids_alone and len(parts) > 1 else _bodies(text, reader)
    if whole or len(parts) < 2:
        return {text: whole}
    named = {part: _known(_bodies(part, reader), reader) for part in parts}
    return named if any(named.values()) else {text: []}


def parts_of(text: str) -> list[str]:
    """Return the parts of a text between commas, each once."""
    return list(dict.fromkeys(part for part in map(str.strip, text.split(",")) if part))


def _bodies(text: str, reader: Any) -> list[int]:
    if not text.isdecimal():
        return keys_named(text, reader) or keys_called(text)
    pk = key_of(text)
    return Organization.objects.bodies_of([pk, Organization.objects.now_named(pk)])


def _known(keys: list[int], reader: Any) -> list[int]:
    """Return keys if one is of an organization visible to the reader: of what is hidden, rows must tell nothing."""
    return keys if keys and Organization.objects.named_to(reader).filter(pk__any_of=keys).exists() else []


def keys_named(text: str, reader: Any) -> list[int]:
    """
    Return the primary keys of the organizations that a key names, in whatever spelling; of one that is merged into
    another, those of the whole body.

    ``pe-ruc:20-100000001`` is PE-RUC:20100000001; ``name:PE:Acme S.A.`` is each one of Peru called so, as ``ACME SA``;
    ``id:123`` is the key that everybody sees of a natural person. By their numbers only those find these who see them.
    """
    scheme, _colon, rest = text.partition(":")
    if scheme.casefold() == BY_ID and (pk := key_of(rest)):
        return Organization.objects.bodies_of([pk])
    found = _rows_named(text)
    if found and any(map(str.isdigit, text)):
        found = list(Organization.objects.filter(numbers_seen_by(reader), pk__in=found).values_list("pk", flat=True))
    return Organization.objects.bodies_of(found) if found else []


def withholds_number(text: str, reader: Any) -> bool:
    """Return whether a text may be a number that finds a natural person, were the reader one who sees these."""
    scheme, colon, number = text.partition(":")
    may_be_one = masked(scheme, number, "") if colon else _HAS_NUMBER.search(text)
    return bool(may_be_one) and not may_see_personal_data(reader)


def names_person(texts: Iterable[str], reader: Any) -> bool:
    """Return whether one of some texts is the number of a natural person on record, which the reader may not see."""
    numbers = {number for text in texts if _HAS_NUMBER.search(text) for number in numbers_in_keys(text)}
    if not numbers or may_see_personal_data(reader):
        return False
    return Organization.objects.exclude(masked="").alias(number=NUMBER).filter(number__in=numbers).exists()


def numbers_seen_by(reader: Any) -> Q:
    """Return the condition that a reader may find an organization by its number: all, or all but natural persons."""
    return Q() if may_see_personal_data(reader) else Q(masked="")


def keys_called(name: str) -> list[int]:
    """
    Return the primary keys of the organizations that are called exactly so, in whatever case, accents and signs.

    Those of the whole body of each one, as ``keys_named``. If no organization on record has the name, it is looked for
    among what public records call their parties: the newest of these where its words are in very many.
    """
    words = distinctive_words(compact(folded(name)))
    if not words:
        return []
    # Organizations that only claims name must neither be found, nor hide what public records say.
    own = with_words(Organization.objects.named_to(None), words, "").filter(is_same_text(F("name"), Value(name)))
    found = list(own.order_by().values_list("pk", flat=True))
    if not found:
        with bounded():
            public = ContractingProcess.objects.public()
            processes = with_words(public, words, "", visible={"": public}).order_by().values("pk")
        parties = Party.objects.filter(is_same_text(F("name"), Value(name)), process__in=processes)
        found = list(parties.order_by().values_list("organization", flat=True).distinct())
    return Organization.objects.bodies_of(found) if found else []


def _rows_named(text: str) -> list[int]:
    exact = list(Organization.objects.filter(key=text).values_list("pk", flat=True))
    scheme, _colon, rest = text.partition(":")
    if scheme.casefold() == "name":
        country, _colon, name = rest.partition(":")
        return list(dict.fromkeys([*exact, *_of_name(name, country.upper())]))
    if not exact and rest:
        keys = [f"{scheme.upper()}:{number}" for number in numbers_in_keys(rest)]
        return list(Organization.objects.filter(key__in=keys).values_list("pk", flat=True))
    return exact


def _of_name(name: str, country: str) -> list[int]:
    wanted = compact(folded(name))
    words = distinctive_words(wanted)
    if not words:
        return []
    found = with_words(Organization.objects.filter(key__startswith=f"name:{country}:"), words, "")
    rows = found.values_list("pk", "key")[:_MAX_COMPARED]
    return [pk for pk, key in rows if compact(key.split(":", 2)[2]) == wanted]


def number_alone(text: str) -> str:
    """Return the number that a text is, without what it is called: "CNPJ 06.108.854/0001-72"; "" of any other text."""
    found = _NUMBER_ALONE.fullmatch(text.strip())
    return found["number"] if found else ""


def _is_number_with_letters(text: str) -> bool:
    """Return whether a text is a number as a CURP, or the RFC of a person."""
    return _LETTERS_AND_DIGITS.fullmatch(text) is not None and _SIX_DIGITS.search(text) is not None


def numbered(number: str, reader: Any) -> Q:
    """Return the condition that an organization, or one that is merged into it, has an identifier in any spelling."""
    is_same = Q(identifier=number)
    for normal in numbers_in_keys(number):
        # What an index knows of a key is what follows the last colon.
        is_key = Q(key__endswith=f":{normal}", number=normal.rpartition(":")[2])
        is_same |= is_key & ~Q(key__startswith="name:")
    is_same &= numbers_seen_by(reader)
    merged = Organization.objects.named_to(reader).alias(number=NUMBER).filter(is_same, merged_into__isnull=False)
    kept = list(merged.values_list("merged_into", flat=True))
    return is_same | Q(pk__any_of=kept) if kept else is_same


def bodies_with_words(organizations: QuerySet[Organization], text: str, reader: Any) -> QuerySet[Organization]:
    """
    Return organizations that hold all words of a text, or into which one is merged that holds them, as read by.

    A text that is a number finds also those that have it in another spelling: records and people write tax numbers
    with their punctuation or without.
    """
    alone = number_alone(text) or (text if _is_number_with_letters(text.strip()) else "")
    whole, own = numbers_in_keys(text)
    text = text if own == whole else own
    found = with_words(organizations, text, "", visible={"": Organization.objects.visible_to(reader)})
    names = Organization.objects.named_to(reader).filter(merged_into__isnull=False)
    merged = with_words(names, text, "", visible={"": names})
    kept = list(merged.values_list("merged_into", flat=True)[:_MAX_COMPARED])
    if alone:
        named = organizations.alias(number=NUMBER).filter(numbered(alone, reader)).order_by()
        kept.extend(named.values_list("pk", flat=True)[:_MAX_COMPARED])
    return organizations.filter(Q(pk__in=found.order_by().values("pk")) | Q(pk__any_of=kept)) if kept else found


def told(organizations: QuerySet[Organization], reader: Any) -> list[dict[str, Any]]:
    """Return what a reader is told of the first organizations, as candidates for a text."""
    rows = list(organizations.order_by("pk").values(*CANDIDATE, "identifier", "masked")[:MAX_CANDIDATES])
    return [{name: as_seen(row, reader)[name] for name in CANDIDATE} for row in rows]


def as_seen(row: Mapping[str, Any], reader: Any) -> dict[str, Any]:
    """
    Return the columns of an organization as a reader sees them.

    :param row: its ``key``, ``identifier`` and ``masked`` among others, and its primary key as ``id`` or ``pk``
    """
    if not row["masked"] or may_see_personal_data(reader):
        return dict(row)
    pk = row["id"] if "id" in row else row["pk"]
    identifier = row["masked"] if row["identifier"] else ""
    return {**row, "key": f"{BY_ID}:{pk}", "identifier": identifier}


def candidates(text: str, reader: Any) -> Sequence[dict[str, Any]]:
    """Return organizations that a text may mean to a reader: those found by all its words, else by its longest one."""
    among = Organization.objects.visible_to(reader)
    # A key is no word.
    words = text.rpartition(":")[2]
    for searched in dict.fromkeys((words, max(words.split() or [""], key=len))):
        if found := told(bodies_with_words(among, searched, reader), reader):
            return found
    return []
