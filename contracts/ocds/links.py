"""Links as people share them → without tracking parameters."""

import re
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from contracts.ocds.fixture_tables import fixture_rows

_ANY = "*"
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def is_of_web(url: str) -> bool:
    """Tell whether an address is one of the web, which a reader may follow: not so ``javascript:`` and ``mailto:``."""
    return url.lower().startswith(("http://", "https://"))


def is_address(text: str) -> bool:
    """Tell whether a text is the address of a page."""
    return _ADDRESS.fullmatch(text) is not None


def without_trackers(url: str) -> str:
    """
    Return a link without the parameters by which networks, mails and campaigns know a reader, and without a login.

    ``?mc_eid=`` names the recipient of a newsletter, ``?fbclid=`` one click. All else stays as it is written; of one
    without its beginning ("www.example.org") a browser makes one of HTTPS, too.
    """
    url = f"https://{url}" if url[:4].lower() == "www." else url
    try:
        parts = urlsplit(url)
    except ValueError:  # no address, and told where addresses are read
        return url
    kept = "&".join(pair for pair in parts.query.split("&") if not _is_tracker(pair.partition("=")[0].lower()))
    host = parts.netloc.rpartition("@")[2]
    if kept == parts.query and host == parts.netloc:
        return url
    return urlunsplit(parts._replace(query=kept, netloc=host))


def _is_tracker(name: str) -> bool:
    names, beginnings = _trackers()
    return name in names or name.startswith(beginnings)


@cache
def _trackers() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names of parameters, and how some of them begin."""
    found = [row["parameter"] for row in fixture_rows("facts/trackers")]
    names = frozenset(name for name in found if not name.endswith(_ANY))
    return names, tuple(name.removesuffix(_ANY) for name in found if name.endswith(_ANY))
