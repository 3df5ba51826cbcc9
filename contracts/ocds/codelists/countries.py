"""Country names as written in addresses → ISO 3166-1 alpha-2."""

import gettext
from functools import cache, lru_cache

import pycountry

from contracts.ocds.caching import remembered
from contracts.ocds.codelists.codes import LANGUAGES
from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.portuguese import PORTUGAL

# Countries whose Spanish name is that of a town or province elsewhere too: "Granada", "San Martín", "Santa Lucía".
_NAMESAKES = frozenset({"GD", "LC", "MF"})


@cache
def country_names() -> dict[str, str]:
    """Return the codes of countries by name in en, es and pt, folded; abbreviations and older names are listed."""
    names = {
        as_listed(country_name(code, language)): code
        for code in country_codes()
        if code not in _NAMESAKES
        for language in (*LANGUAGES, PORTUGAL)
    }
    return names | {row["name"]: row["code"] for row in fixture_rows("facts/countries")}


@remembered
def country_code(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code for a country's name or code in en, es or pt; ``""`` if it is not one."""
    folded = as_listed(name)
    if not folded:
        return ""
    if folded in country_names():
        return country_names()[folded]
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
