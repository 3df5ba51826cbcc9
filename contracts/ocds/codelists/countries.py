"""Country names as written in addresses → ISO 3166-1 alpha-2."""

import gettext
from functools import cache, lru_cache

import pycountry

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.portuguese import PORTUGAL


@cache
def listed_country_names() -> dict[str, str]:
    """Return the codes of Spanish and Portuguese names that differ from ISO's English list, folded."""
    return {row["name"]: row["code"] for row in fixture_rows("facts/countries")}


@remembered
def country_code(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code for a country's name or code in en, es or pt; ``""`` if it is not one."""
    folded = as_listed(name)
    if not folded:
        return ""
    if folded in listed_country_names():
        return listed_country_names()[folded]
    try:
        return str(pycountry.countries.lookup(folded).alpha_2)
    except LookupError:
        return ""


@cache
def country_codes() -> tuple[str, ...]:
    return tuple(sorted(country.alpha_2 for country in pycountry.countries))


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """Return the usual name of a country in a language (``en``, ``es``, ``pt``); an unknown code unchanged."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        return code
    # In that catalog Portuguese without a region is that of Portugal, here that of Brazil.
    languages = {"pt": ["pt_BR", "pt"], PORTUGAL: ["pt"]}.get(language, [language])
    names = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=languages, fallback=True)
    return names.gettext(getattr(country, "common_name", country.name))
