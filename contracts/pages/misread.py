"""Messages about parameters that a page does not understand, so that readers do not misread the page."""

import difflib
from collections.abc import Iterable, Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contracts.api.protocol.problems import nearest
from contracts.ocds.fixture_tables import texts_listed

# Labels of parameters; both ends of a range have the same one.
FIELDS = {code: _lazy(text) for code, text in texts_listed("values", "parameter").items()}
_ENDS = {"gte": _lazy("%(field)s, from"), "lte": _lazy("%(field)s, up to")}
MAX_SHOWN = 60
# Minimum similarity to a known parameter, 0 to 1, which tracking parameters (`utm_source`) do not reach.
_ALIKE = 0.8
_MAX_SHOWN = 5


def field_name(name: str) -> str:
    """Return the label of a parameter; its own name if it has none."""
    field, _between, end = name.partition("__")
    words = str(FIELDS.get(field, field))
    return _ENDS[end] % {"field": words} if end in _ENDS else words


def unknown_value(name: str, value: str, known: Iterable[str] = ()) -> str:
    """Return the message about an invalid value of a parameter, with the known values."""
    text = _("%(name)s: “%(value)s” is not possible.") % {"name": field_name(name), "value": value[:MAX_SHOWN]}
    names = [each for each in known if each]
    return f"{text} {nearest(value, names)}" if names else text


def unknown_names(asked: QueryDict, known: Iterable[str], elsewhere: Iterable[str] = ()) -> Iterator[str]:
    """
    Yield a message about each non-empty unknown parameter that resembles a known one.

    :param elsewhere: parameters of other pages, which people also try here
    """
    for name, meant in mistaken_names(asked, known, elsewhere):
        if meant:
            yield _("The parameter %(name)s is not known and was ignored. Did you mean %(match)s?") % {
                "name": name[:MAX_SHOWN],
                "match": meant,
            }
        else:
            yield _("“%(name)s” is not a choice here and was ignored.") % {"name": field_name(name)}


def mistaken_names(asked: QueryDict, known: Iterable[str], elsewhere: Iterable[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the parameters of ``unknown_names``, each with the similar known one; "" for those of other pages."""
    known, elsewhere = {*known, "lang"}, frozenset(elsewhere)
    for name in [name for name in asked if asked[name] and name not in known][:_MAX_SHOWN]:
        meant = difflib.get_close_matches(name[:100], sorted(known), n=1, cutoff=_ALIKE)
        if name in elsewhere:
            yield name, ""
        elif meant:
            yield name, meant[0]


def repeated(asked: QueryDict, known: Iterable[str]) -> Iterator[str]:
    """Yield a message about each known parameter that is given more than once."""
    for name in known:
        times = len(asked.getlist(name))
        if times > 1:
            yield _("%(name)s is given %(times)d times.") % {"name": field_name(name), "times": times}
