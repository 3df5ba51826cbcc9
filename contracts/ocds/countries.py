"""Country names as addresses write them → ISO 3166-1 alpha-2."""

from functools import cache, lru_cache

import pycountry

from contracts.ocds.fact_tables import fact_rows, fold


@cache
def _names() -> dict[str, str]:
    """Names in Spanish and Portuguese that ISO's English list does not hold, folded."""
    return {row["name"]: row["code"] for row in fact_rows("countries")}


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country's name or code in en, es or pt, ``""`` if it is none."""
    folded = fold(name)
    if not folded:
        return ""
    if folded in _names():
        return _names()[folded]
    try:
        return str(pycountry.countries.lookup(folded).alpha_2)
    except LookupError:
        return ""
