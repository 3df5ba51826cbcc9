"""Remove tracking parameters from shared links."""

import re
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from contracts.ocds.fixture_tables import fixture_rows

_ANY = "*"
# As browsers show an address: a host with a path.
_SHOWN = re.compile(r"\A[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def is_of_web(url: str) -> bool:
    """Return whether an address is a web address that a reader may follow, unlike ``javascript:`` and ``mailto:``."""
    return url.lower().startswith(("http://", "https://"))


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def with_scheme(text: str) -> str:
    """Return an address that was copied as browsers show it, without its scheme, with HTTPS; all else as it is."""
    return f"https://{text}" if _SHOWN.fullmatch(text) else text


def without_trackers(url: str) -> str:
    """
    Return a link without parameters by which networks, mails and campaigns identify a reader, and without credentials.

    ``?mc_eid=`` identifies the recipient of a newsletter, ``?fbclid=`` one click. The rest is unchanged, also without
    a scheme ("www.example.org"), which browsers open with HTTPS.
    """
    url = f"https://{url}" if url[:4].lower() == "www." else url
    try:
        parts = urlsplit(url)
    except ValueError:  # Not an address, which is reported where addresses are read.
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
    """Return names of tracking parameters, and their prefixes."""
    found = [row["parameter"] for row in fixture_rows("facts/trackers")]
    names = frozenset(name for name in found if not name.endswith(_ANY))
    return names, tuple(name.removesuffix(_ANY) for name in found if name.endswith(_ANY))
