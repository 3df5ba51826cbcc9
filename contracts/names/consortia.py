"""
Members of a consortium that only its name lists: ``CONSORCIO NORTE (ALFA S.A.; BETA LTDA.)``.

They are told as what they are, the words of a name: no row, role or sum rests on them. Only names in brackets, parted
by semicolons or slashes, are taken for a list. Hyphens are not: they part members, but also a firm from its short name
("FRAP SOCIEDAD ANONIMA CERRADA - FRAP S.A.C."), and stand within names.
"""

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from contracts.models import Organization
from contracts.models.organization import OF_ONE_PROCESS
from contracts.names.spelling import compact, distinctive_words
from contracts.ocds.fixture_tables import words_listed
from contracts.ocds.folding import folded
from contracts.postgres.search import with_words
from contracts.postgres.time_limits import in_time

MAX_MEMBERS = 20
# A name whose words more organizations share is not reported.
_MAX_COMPARED = 200
# The longest that a search for one of the names may take; those after one that takes longer are not looked for.
_SECONDS = 1
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")


class NamedMember(Struct, frozen=True):
    """An organization on record, and how the name of the consortium writes it."""

    id: int
    name: str
    written: str


def names_listed(name: str) -> tuple[str, ...]:
    """Return the names, two or more, that the name of a consortium lists in brackets, as written."""
    words = folded(name)
    if not any(words.startswith(f"{folded(word)} ") for word in words_listed("consortium")):
        return ()
    for inside in _IN_BRACKETS.findall(name):
        parts = inside.split(";") if ";" in inside else inside.split("/")
        names = tuple(dict.fromkeys(part.strip() for part in parts if folded(part)))
        if len(names) > 1:
            return names[:MAX_MEMBERS]
    return ()


def members_by_name(organization: Organization, reader: Any) -> list[NamedMember]:
    """
    Return the organizations that the name of a consortium lists, as far as each name is that of one on record.

    In its country, whatever case, accents, punctuation and dots of legal forms are; a name that several have tells
    none of them.

    :param reader: the account that asks, whose rights decide what is seen
    """
    found: list[NamedMember] = []
    names = names_listed(organization.name)

    def look() -> None:
        for written in names:
            named = _called(written, organization, reader)
            if len(named) == 1:
                found.append(NamedMember(named[0].pk, named[0].name, written))

    if names:
        in_time(_SECONDS, look, None)
    return found


def _called(name: str, organization: Organization, reader: Any) -> Sequence[Organization]:
    wanted = compact(folded(name))
    words = distinctive_words(wanted)
    among = Organization.objects.visible_to(reader).filter(country=organization.country).exclude(pk=organization.pk)
    rows = with_words(among.exclude(OF_ONE_PROCESS), words, "").order_by("pk")[: _MAX_COMPARED + 1]
    if len(rows) > _MAX_COMPARED:
        return []
    return [row for row in rows if compact(folded(row.name)) == wanted]
