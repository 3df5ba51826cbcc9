"""Citations of a row: as text, as BibTeX, and the digest of the cited content."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from msgspec import Struct
from rest_framework import serializers

from contracts.api.protocol.rendering import JSONRenderer
from contracts.ocds.gate.document import decode_stored, encode

RECORD, ANSWER = "compiled_release", "answer"
_LICENCE = ("licence", "licence_source")
_ESCAPED = str.maketrans({letter: f"\\{letter}" for letter in "{}%&#_$"})


class Citation(Struct, frozen=True):
    """A citation. ``digest`` is the SHA-256 of the cited content, in hexadecimal digits; empty if it has none."""

    apa: str
    bibtex: str
    digest: str


def cite(
    *,
    kind: str,
    author: str,
    title: str,
    published: date | None,
    address: str,
    digest: str,
    read: date,
    about: Sequence[str] = (),
) -> Citation:
    """
    Return a citation.

    :param kind: what is cited, in words
    :param author: publisher or buyer
    :param published: date of the latest release
    :param address: absolute
    :param digest: SHA-256 of what is cited, in hexadecimal digits; empty if it is not known
    :param read: today, in UTC
    :param about: ocid and buyer of the record; what the author or title already says is left out
    """
    named = [text for text in about if text and text not in (author, title)]
    year = str(published.year) if published else _("n.d.")
    was_read = _("read %(day)s UTC") % {"day": read}
    what = ", ".join((kind, *named, *([f"SHA-256 {digest[:16]}…"] if digest else ())))
    apa = f"{author} ({year}). {title} [{what}]. Veedor. {address} ({was_read})"
    fields = {
        "author": f"{{{author.translate(_ESCAPED)}}}",
        "title": title.translate(_ESCAPED),
        "year": year,
        "howpublished": f"Veedor, \\url{{{address}}}",
        "note": ", ".join(
            (*(text.translate(_ESCAPED) for text in named), *([f"SHA-256 {digest}"] if digest else ()), was_read)
        ),
    }
    entries = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items())
    # A record, its contracts and its flags can share a digest, and an amended record keeps its address: use both.
    key = hashlib.sha256(f"{address} {digest}".encode()).hexdigest()[:12]
    return Citation(apa, f"@misc{{veedor{key}{entries}\n}}", digest)


class CiteRow(serializers.Serializer):
    """Citation of a row, with the digest of the cited content."""

    apa = serializers.CharField(help_text="Citation in APA style.")
    bibtex = serializers.CharField(help_text="Citation as a BibTeX entry.")
    url = serializers.CharField(help_text="Absolute, permanent address; it stays the same when the record is amended.")
    retrieved = serializers.DateField(help_text="Day of the response, in UTC.")
    licence = serializers.CharField(
        help_text="Licence of the publisher's records, as the publisher names it; empty if not stated."
    )
    licence_source = serializers.CharField(help_text="Where the publisher states the licence.")
    sha256 = serializers.CharField(
        help_text="Of the cited content; empty in a list for a row whose detail is digested as a response."
    )
    sha256_of = serializers.CharField(
        help_text=f"What `sha256` is computed from. {RECORD}: the canonical JSON (members sorted, no spaces) of the "
        f"compiled release as everybody may see it; {ANSWER}: the canonical JSON of this response without `cite`; "
        "empty without `sha256`."
    )


@extend_schema_field(CiteRow())
class Cite(serializers.DictField):
    """
    The member `cite` of a detail.

    :param kind: what the row is, in words
    :param author: column or expression of the author's name
    :param title: column or expression of what it is called
    :param published: of a date, if there is one
    :param digest: field of the SHA-256 of the record that it is read from; without one, or where that is null, the
        answer itself is digested
    :param publisher: the path to the columns of its publisher, such as `publisher__`; None of what has none
    :param about: columns of ocid and buyer
    """

    def __init__(
        self,
        kind: Any,
        *,
        author: Any,
        title: Any,
        published: Any = None,
        digest: Any = None,
        publisher: str | None = None,
        about: Sequence[str] = (),
    ) -> None:
        super().__init__(help_text="How to cite it.")
        self.kind, self.author, self.title, self.published, self.digest = kind, author, title, published, digest
        self.publisher, self.about = publisher, about

    def expression(self, _source: str) -> JSONObject:
        nothing = models.Value(None, output_field=models.TextField())
        return JSONObject(
            author=self.author,
            title=self.title,
            published=self.published or nothing,
            digest=self.digest.expression(self.digest.source) if self.digest else nothing,
            about=models.Func(*map(F, self.about), function="jsonb_build_array", output_field=models.JSONField()),
            **{name: nothing if self.publisher is None else F(f"{self.publisher}{name}") for name in _LICENCE},
        )

    def cited(
        self, parts: Mapping[str, Any], answer: Mapping[str, Any] | None, address: str, today: date
    ) -> dict[str, Any]:
        """
        Return the value of the member `cite`.

        :param parts: the values that `expression` selects
        :param answer: the other members of the response; ``None`` for a row of a list, which is no response
        :param address: absolute address of the row
        """
        day = parts["published"]
        digest = parts["digest"] and self.digest.convert(parts["digest"])
        citation = cite(
            kind=str(self.kind),
            author=parts["author"] or "Veedor",
            title=parts["title"] or address,
            published=date.fromisoformat(day[:10]) if day else None,
            address=address,
            digest=digest or ("" if answer is None else digest_of(answer)),
            read=today,
            about=parts.get("about") or (),
        )
        return {
            "apa": citation.apa,
            "bibtex": citation.bibtex,
            "url": address,
            "retrieved": today,
            **{name: parts.get(name) or "" for name in _LICENCE},
            "sha256": citation.digest,
            "sha256_of": RECORD if digest else ANSWER if citation.digest else "",
        }


def first_text(*columns: str) -> Coalesce:
    """Return the first non-empty column of several text columns."""
    return Coalesce(*(NullIf(F(column), models.Value("")) for column in columns), models.Value(""))


def digest_of(answer: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of a response."""
    text = JSONRenderer().render(answer).decode()
    return hashlib.sha256(encode(decode_stored(text))).hexdigest()
