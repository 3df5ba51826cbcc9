"""Names of languages as people write them → ISO 639."""

from functools import cache

import pycountry

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import as_listed, fixture_rows


@cache
def _names() -> dict[str, str]:
    """Return the codes of Spanish and Portuguese names, folded."""
    return {row["name"]: row["code"] for row in fixture_rows("facts/languages")}


@remembered
def language_code(text: str) -> str:
    """
    Return the code of a language for its name or code in en, es or pt; ``""`` if it is unknown.

    It has two letters where ISO 639-1 has one. A region that it names stays: ``es-PE``.
    """
    tag, dash, region = text.strip().replace("_", "-").partition("-")
    folded = as_listed(tag)
    if code := _names().get(folded):
        return f"{code}{dash}{region}"
    try:
        found = pycountry.languages.lookup(folded)
    except LookupError:
        return ""
    return f"{getattr(found, 'alpha_2', found.alpha_3)}{dash}{region}"
