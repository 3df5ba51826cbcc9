"""
Word lists for names (legal forms, trades, units, product kinds) and for public places, as data.

``fixtures/reference/words.csv`` has them, folded as in ``normalize``, with the source of each row;
``ordinary_words.txt`` has words that are not names.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

# Cameras: whom and what they look at.
PUBLIC_PLACE = "public_place"  # "aeropuerto", "alameda"
PUBLIC_BODY = "public_body"  # who governs or serves such a place: "alcaldía", "autopista"
BEYOND_OFFICES = "beyond_offices"  # other signs that they do not watch an office: "ANPR", "centro de control"
PEOPLE_FILMED = "people_filmed"  # places where people live or gather: "barrio", "beach", "border"
CARED_FOR = "cared_for"  # people in somebody's care; watching them is grave at any price: "alumnos", "adultos mayores"
CAMERA = "camera"
WORN_CAMERA = "worn_camera"  # worn in the street: "bodycam"
ALARM = "alarm"  # guards a building as guards do: "incendio", "intrusión"
HANDED_IN = "handed_in"  # where bids are handed in, which watches nothing: "apertura", "entrega"
SCHOOL_FOR_ALL = "school_for_all"  # schools named after towns: "escola básica … Marinha Grande"
FOR_ITS_OWN = "for_its_own"  # looks after the people of a security body: "caja de retiro", "clínica"
JUSTICE = "justice"  # courts and prosecutors, who are no force though their names sound like one: "justiça militar"
HELD_IN_FILES = "held_in_files"  # what a security body keeps on file: "antecedentes penales"; "criminal" is a name
LABORATORY = "laboratory"  # beside it "placas" are of glass, and cameras look into a microscope
ILLNESS = "illness"  # surveillance of it needs no camera

# Tools of an office, and what stands beside them.
ADMINISTRATION = "administration"  # what software keeps the books of: "contabilidade", "folha de pagamento"
DESK_PROGRAM = "desk_program"  # "AutoCAD", "Camtasia"
HOSTED_TOOL = "hosted_tool"  # "antivirus", "centralita", "M365"
BESIDE_TOOL = "beside_tool"  # serves others than the staff: "call center", "base de datos"
OFFICE_DEVICE = "office_device"  # "access point", "cableado estructurado"
OWN_UNIT = "own_unit"  # bought by the unit that runs a programme, for itself: "de la unidad ejecutora"
HANDSET = "handset"  # staff talk by it: "handy"
WEBSITE = "website"
SOFTWARE_WRITING = "software_writing"  # who writes software does not host it

# Networks.
NETWORK = "network"  # tells a whole network or its sites: "backbone", "cobertura"
NETWORK_OF_MANY = "network_of_many"  # kinds that only operators and the state have: "5G", "comunicaciones críticas"
MOBILE_NETWORK = "mobile_network"  # "celular", "LTE"
TRANSMISSION = "transmission"  # "fibra", "microondas"
LAID_LINE = "laid_line"  # "anillo", "infovía"
BESIDE_NETWORK = "beside_network"  # any building has it: "aire acondicionado"
HOUSE = "house"  # a building with a network of its own: "campus", "hospital"
HOUSE_OWNER = "house_owner"  # who has such a building: "banco", "biblioteca"
EMERGENCY = "emergency"  # services whose radio others depend on: "911", "bomberos"

# What is located.
LOCATED_VEHICLE = "located_vehicle"
LOCATED_PERSON = "located_person"  # "clientes", "arrendatarios"
LOCATED_GOODS = "located_goods"  # goods of others: "contenedor"
LOCATED_ON_OTHERS = "located_on_others"  # worn or driven by others than the staff: "brazalete", "embarcación"
WATCHES_TRAFFIC = "watches_traffic"  # bodies that deal with the vehicles of others: "aduana", "autopista"

# How something is bought.
WORKS = "works"  # works and their design: "obra", "ingeniería"
GOODS_ALONE = "goods_alone"  # goods delivered or repaired, which the seller does not operate
OPTIONAL = "optional"  # leaves an extension open: "opcional"
CONTEST_OF_PERSONS = "contest_of_persons"  # persons are hired: "consultor"
MORE_THAN_GOODS = "more_than_goods"  # serves more than an office, or is more than goods: "banda ancha", "ciudad"
MAKING = "making"  # makes or supplies something; advisers do neither

# Words that buyers write in lower case: a product name has a capital, which none of these has.
ORDINARY = "ordinary_word"


class Word(Struct, frozen=True, gc=False):
    """A word or phrase of a list."""

    list: str
    word: str
    note: str = ""
    source: str = ""


class Words:
    """
    The words of each list, the longest first; a list without rows is empty.

    Equality is identity, so that compiled patterns can be cached by it.
    """

    def __init__(self, rows: Iterable[Word] = ()) -> None:
        self.rows = tuple(sorted(set(rows), key=lambda row: (row.list, -len(row.word), row.word)))
        self._lists: dict[str, dict[str, None]] = {}
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._of_countries: dict[tuple[str, str], re.Pattern[str] | None] = {}
        for row in self.rows:
            self._lists.setdefault(row.list, {})[row.word] = None

    def of(self, name: str) -> frozenset[str]:
        """Return the words of a list."""
        return frozenset(self._lists.get(name, ()))

    def any_of(self, *names: str) -> str:
        """
        Return a regular expression group for any word of lists; one that never matches if they are empty.

        In a word, ``*`` stands for any letters, ``+`` for one or more: "escuela*" matches "escuela" and "escuelas";
        "amplia+" matches "ampliar", not "amplia". Words are grouped by first letter, because a search tries
        alternatives one by one.
        """
        return _any_of(word for name in names for word in self._lists.get(name, ()))

    def pattern(self, *names: str) -> re.Pattern[str]:
        """Return a cached pattern that finds any word of lists as a whole word of a folded text."""
        if names not in self._patterns:
            self._patterns[names] = re.compile(rf"\b{self.any_of(*names)}\b")
        return self._patterns[names]

    def pattern_of_country(self, name: str, country: str) -> re.Pattern[str] | None:
        """
        Return a cached pattern for a country's words in a list whose words begin with a country: "mx ad".

        :param country: ISO 3166-1 alpha-2
        :returns: ``None`` if the list has no words for the country
        """
        key = (name, country)
        if key not in self._of_countries:
            prefix = f"{country.lower()} "
            words = [word.removeprefix(prefix) for word in self._lists.get(name, ()) if word.startswith(prefix)]
            self._of_countries[key] = re.compile(rf"\b{_any_of(words)}\b") if words else None
        return self._of_countries[key]


def read_ordinary_words(path: Path) -> list[Word]:
    """
    Read the words that are not product names, one per line.

    At least three buyers of notices in Spanish and Portuguese write each of them in lower case; ``manage.py
    ordinarywords`` collected them in November 2026 from 139,000 notices of public repositories.
    """
    source = "written in small letters by three buyers or more"
    return [Word(ORDINARY, word, source=source) for word in path.read_text(encoding="utf-8").split()]


def _any_of(words: Iterable[str]) -> str:
    rests: dict[str, list[str]] = {}
    for word in words:
        rests.setdefault(word[:1], []).append(_expression(word[1:]))
    groups = (f"{_expression(first)}(?:{'|'.join(found)})" for first, found in rests.items())
    return f"(?:{'|'.join(groups) or '(?!)'})"


def _expression(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\+", r"\w+")
