"""
Words that tell names apart (legal forms, trades, units, what products are named after) and where the public is: data.

``fixtures/reference/words.csv`` holds them, folded as ``normalize`` folds texts, with the source of each row, and
``ordinary_words.txt`` those that are no names.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

# What tells that cameras look at more than offices: places for the public, names of who governs or serves it, others.
PUBLIC_PLACE = "public_place"
PUBLIC_BODY = "public_body"
BEYOND_OFFICES = "beyond_offices"
# Tools for staff: programs of draughtsmen, scientists and developers, video calls, and what is hosted for an office.
DESK_PROGRAM = "desk_program"
HOSTED_TOOL = "hosted_tool"
# What serves others beside such a tool, devices of offices, and what the unit that runs a programme buys for itself.
BESIDE_TOOL = "beside_tool"
OFFICE_DEVICE = "office_device"
OWN_UNIT = "own_unit"
# Whom cameras and drones watch; people in a body's hands, whom to watch is grave at any price; and whom and what the
# files of a security body hold ("criminal" alone is in the names of bodies).
PEOPLE_FILMED = "people_filmed"
CARED_FOR = "cared_for"
HELD_IN_FILES = "held_in_files"
# Apparatus of laboratories, beside which plates are of glass and cameras look into microscopes; and illness, which is
# watched by no camera.
LABORATORY = "laboratory"
ILLNESS = "illness"
# Cameras that go through the streets with whoever wears them, handsets by which staff speak, what anybody may see, and
# who writes software, and hosts none.
WORN_CAMERA = "worn_camera"
HANDSET = "handset"
WEBSITE = "website"
SOFTWARE_WRITING = "software_writing"
# Networks: what stands beside one and is a good of any house, kinds that operators and the state alone have, those of
# mobile telephony and of transmission, a line that is laid, and what tells a whole network or its sites; a house and
# who has one, with a network of its own; and who comes when called, whose radio others depend on.
BESIDE_NETWORK = "beside_network"
NETWORK_OF_MANY = "network_of_many"
MOBILE_NETWORK = "mobile_network"
TRANSMISSION = "transmission"
LAID_LINE = "laid_line"
NETWORK = "network"
HOUSE = "house"
HOUSE_OWNER = "house_owner"
EMERGENCY = "emergency"
# What is located: vehicles, people, goods of others, whoever wears it or drives what is not the body's own; and who
# has to do with the vehicles of others.
LOCATED_VEHICLE = "located_vehicle"
LOCATED_PERSON = "located_person"
LOCATED_GOODS = "located_goods"
LOCATED_ON_OTHERS = "located_on_others"
WATCHES_TRAFFIC = "watches_traffic"
# Cameras, what protects buildings as guards do, and words of where something is handed in, which watches nothing.
CAMERA = "camera"
ALARM = "alarm"
HANDED_IN = "handed_in"
# Schools for everybody, which bear the names of towns ("Marinha Grande"), and what looks after the people of a
# security body.
SCHOOL_FOR_ALL = "school_for_all"
FOR_ITS_OWN = "for_its_own"
# Works and their design; goods that are brought or mended, and nobody who operates them; what leaves an extension
# open; a contest in which persons are hired; and whom more than an office serves, and what is more than goods.
WORKS = "works"
GOODS_ALONE = "goods_alone"
OPTIONAL = "optional"
CONTEST_OF_PERSONS = "contest_of_persons"
MORE_THAN_GOODS = "more_than_goods"
# What makes or supplies something: who advises does neither.
MAKING = "making"
# Words that buyers write in small letters: a name of a product has a capital that none of them has.
ORDINARY = "ordinary_word"


class Word(Struct, frozen=True, gc=False):
    """A word, or a phrase, of a list."""

    list: str
    word: str
    note: str = ""
    source: str = ""


class Words:
    """
    The words of each list, the longest first; a list that no row names is empty.

    Two are equal only if they are the same object, so that what is compiled from one can be remembered.
    """

    def __init__(self, rows: Iterable[Word] = ()) -> None:
        self.rows = tuple(sorted(set(rows), key=lambda row: (row.list, -len(row.word), row.word)))
        self._lists: dict[str, dict[str, None]] = {}
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}
        for row in self.rows:
            self._lists.setdefault(row.list, {})[row.word] = None

    def of(self, name: str) -> frozenset[str]:
        """Return the words of a list."""
        return frozenset(self._lists.get(name, ()))

    def any_of(self, *names: str) -> str:
        """
        Return a group of a regular expression for any word of lists; one that never matches if they are empty.

        ``*`` in a word stands for any letters, ``+`` for one or more: "escuela*" is a school, and schools; "amplia+"
        is to enlarge, and not large. Words with the same first letter stand together, since a search tries one
        alternative after another; what begins otherwise never competes.
        """
        rests: dict[str, list[str]] = {}
        for name in names:
            for word in self._lists.get(name, ()):
                rests.setdefault(word[:1], []).append(_expression(word[1:]))
        groups = (f"{_expression(first)}(?:{'|'.join(found)})" for first, found in rests.items())
        return f"(?:{'|'.join(groups) or '(?!)'})"

    def pattern(self, *names: str) -> re.Pattern[str]:
        """Return what finds any word of lists as a whole word of a folded text, compiled once."""
        if names not in self._patterns:
            self._patterns[names] = re.compile(rf"\b{self.any_of(*names)}\b")
        return self._patterns[names]


def read_ordinary_words(path: Path) -> list[Word]:
    """
    Read the words that no product is called by, one a line.

    At least three buyers of notices in Spanish and Portuguese write each of them in small letters;
    ``manage.py ordinarywords`` collected them in November 2026 from 139,000 notices of public repositories.
    """
    source = "written in small letters by three buyers or more"
    return [Word(ORDINARY, word, source=source) for word in path.read_text(encoding="utf-8").split()]


def _expression(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\+", r"\w+")
