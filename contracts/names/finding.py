"""Which organizations a text names: by identifier or name, in whatever spelling."""

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q, QuerySet, Value

from contracts.models import ContractingProcess, Organization, Party
from contracts.models.organization import NUMBER
from contracts.names.spelling import compact, distinctive_words, numbers_in_keys
from contracts.ocds.folding import folded
from contracts.postgres.search import bounded, is_same_text, with_words

MAX_CANDIDATES = 10
# The columns returned of a candidate.
CANDIDATE = ("id", "key", "name", "country")
# How many organizations are compared with a name.
_MAX_COMPARED = 500
# A number as people write it, with what they call it or without: "CNPJ 06.108.854/0001-72", "80002612-8".
_NUMBER_ALONE = re.compile(r"(?:[A-Za-z]{2,5}[:\s]\s*)?(?P<number>\d[\d.\-/\s]{4,28}[\dKk])")


def keys_named(text: str) -> list[int]:
    """
    Return the primary keys of the organizations that a key names, in whatever spelling; of one that is merged into
    another, those of the whole body.

    ``pe-ruc:20-100000001`` is PE-RUC:20100000001; ``name:PE:Acme S.A.`` is each one of Peru called so, as ``ACME SA``.
    """
    found = _rows_named(text)
    return Organization.objects.bodies_of(found) if found else []


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


def numbered(number: str, reader: Any) -> Q:
    """Return the condition that an organization, or one that is merged into it, has an identifier in any spelling."""
    is_same = Q(identifier=number)
    for normal in numbers_in_keys(number):
        # What an index knows of a key is what follows the last colon.
        is_key = Q(key__endswith=f":{normal}", number=normal.rpartition(":")[2])
        is_same |= is_key & ~Q(key__startswith="name:")
    merged = Organization.objects.named_to(reader).alias(number=NUMBER).filter(is_same, merged_into__isnull=False)
    kept = list(merged.values_list("merged_into", flat=True))
    return is_same | Q(pk__any_of=kept) if kept else is_same


def bodies_with_words(organizations: QuerySet[Organization], text: str, reader: Any) -> QuerySet[Organization]:
    """
    Return organizations that hold all words of a text, or into which one is merged that holds them, as read by.

    A text that is a number finds also those that have it in another spelling: records and people write tax numbers
    with their punctuation or without.
    """
    alone = number_alone(text)
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


def candidates(text: str, reader: Any) -> Sequence[dict[str, Any]]:
    """Return organizations that a text may mean to a reader: those found by all its words, else by its longest one."""
    among = Organization.objects.visible_to(reader)
    # A key is no word.
    words = text.rpartition(":")[2]
    for searched in dict.fromkeys((words, max(words.split() or [""], key=len))):
        rows: Any = bodies_with_words(among, searched, reader).order_by("pk").values(*CANDIDATE)[:MAX_CANDIDATES]
        if found := list(rows):
            return found
    return []
