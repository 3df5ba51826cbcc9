"""Country names as addresses write them → ISO 3166-1 alpha-2."""

from functools import lru_cache

import pycountry

from contracts.ocds.folding import without_marks

# Names in Spanish and Portuguese that ISO's English list does not hold, folded. Own table, from common usage.
_NAMES = {
    "alemania": "DE",
    "alemanha": "DE",
    "belice": "BZ",
    "bolivia": "BO",
    "brasil": "BR",
    "corea del sur": "KR",
    "coreia do sul": "KR",
    "curazao": "CW",
    "equador": "EC",
    "espana": "ES",
    "espanha": "ES",
    "estados unidos": "US",
    "estados unidos de america": "US",
    "eua": "US",
    "francia": "FR",
    "haiti": "HT",
    "inglaterra": "GB",
    "italia": "IT",
    "japon": "JP",
    "japao": "JP",
    "mexico": "MX",
    "moldova": "MD",
    "panama": "PA",
    "paraguai": "PY",
    "peru": "PE",
    "reino unido": "GB",
    "republica dominicana": "DO",
    "rusia": "RU",
    "russia": "RU",
    "suecia": "SE",
    "suiza": "CH",
    "suica": "CH",
    "surinam": "SR",
    "trinidad y tobago": "TT",
    "turquia": "TR",
    "ucrania": "UA",
    "uk": "GB",
    "uruguai": "UY",
    "venezuela": "VE",
}


@lru_cache(maxsize=4096)
def country_code(name: str) -> str:
    """Return the ISO 3166-1 alpha-2 code of a country's name or code in en, es or pt, ``""`` if it is none."""
    folded = without_marks(name.strip().casefold())
    if not folded:
        return ""
    if folded in _NAMES:
        return _NAMES[folded]
    try:
        return str(pycountry.countries.lookup(folded).alpha_2)
    except LookupError:
        return ""
