"""Parameters of an address that a page does not understand: its reader is told, and does not misread the page."""

import difflib
from collections.abc import Iterable, Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _

from contracts.api.protocol.problems import nearest

MAX_SHOWN = 60
# What follows links around the web (`utm_source`) is hardly like anything that a page knows.
_ALIKE = 0.8
_MAX_SHOWN = 5


def unknown_value(name: str, value: str, known: Iterable[str] = ()) -> str:
    """Return the sentence about a value that a parameter does not take; it names those that are known."""
    text = _("%(name)s does not take %(value)s.") % {"name": name, "value": value[:MAX_SHOWN]}
    names = [each for each in known if each]
    return f"{text} {nearest(value, names)}" if names else text


def unknown_names(asked: QueryDict, known: Iterable[str], elsewhere: Iterable[str] = ()) -> Iterator[str]:
    """
    Yield a sentence about each parameter that has a value and is not known, and that is like one that is.

    :param elsewhere: those that other pages know: who writes them here expects them to do something
    """
    known, elsewhere = {*known, "lang"}, frozenset(elsewhere)
    for name in [name for name in asked if asked[name] and name not in known][:_MAX_SHOWN]:
        meant = difflib.get_close_matches(name[:100], sorted(known), n=1, cutoff=_ALIKE)
        if name in elsewhere:
            yield _("The parameter %(name)s is not known here and was ignored.") % {"name": name}
        elif meant:
            yield _("The parameter %(name)s is not known and was ignored. Did you mean %(match)s?") % {
                "name": name[:MAX_SHOWN],
                "match": meant[0],
            }


def repeated(asked: QueryDict, known: Iterable[str]) -> Iterator[str]:
    """Yield a sentence about each known parameter that is given more than once."""
    for name in known:
        times = len(asked.getlist(name))
        if times > 1:
            yield _("%(name)s is given %(times)d times.") % {"name": name, "times": times}
