"""How to cite a record: for a text, for a reference manager, and with what proves what was read."""

from datetime import date

from msgspec import Struct

_ESCAPED = str.maketrans({letter: f"\\{letter}" for letter in "{}%&#_$"})


class Citation(Struct, frozen=True):
    """``digest`` is the SHA-256 of the compiled release that was shown."""

    apa: str
    bibtex: str
    digest: str


def cite(*, author: str, title: str, published: date | None, address: str, digest: bytes, read: date) -> Citation:
    """
    Return the citation of a record.

    :param author: publisher or buyer
    :param published: date of the latest release
    :param address: absolute, of the page
    :param read: today
    """
    year = str(published.year) if published else "n.d."
    key = "veedor" + digest.hex()[:12]
    apa = f"{author} ({year}). {title} [Contracting record, SHA-256 {digest.hex()[:16]}…]. Veedor. {address} ({read})"
    fields = {
        "author": f"{{{author.translate(_ESCAPED)}}}",
        "title": title.translate(_ESCAPED),
        "year": year,
        "howpublished": f"Veedor, \\url{{{address}}}",
        "note": f"SHA-256 {digest.hex()}, read {read}",
    }
    entries = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items())
    return Citation(apa, f"@misc{{{key}{entries}\n}}", digest.hex())
