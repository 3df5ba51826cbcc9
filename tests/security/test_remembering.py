"""Input of strangers may be of any length, and is not kept in memory once it is read."""

import sys

import pytest

from audits.indicators.instants import lenient
from audits.matching.organizations.names import NameReader
from audits.matching.organizations.names_in_texts import name_words, places_of_name
from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.purchases.scope import SectorClass, SectorClasses
from audits.matching.texts.word_lists import Words
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.gate.document import DecodedJson, encode_again
from contracts.ocds.members import misspelled
from contracts.ocds.parsing.objects import Classification
from contracts.ocds.placeholders import names_nobody
from contracts.ocds.written.written_values import read_method

SECTORS = SectorClasses([SectorClass(("UNSPSC",), "4617", "surveillance")])

READERS = {
    "member in JSON": lambda text: encode_again({text: 1}, DecodedJson({}, {}, b"")),
    "misspelled member": lambda text: misspelled([text], "suppliers"),
    "country": country_code,
    "method": read_method,
    "no name": names_nobody,
    "words of a name": name_words,
    "name in a text": lambda text: list(places_of_name((text,), text)),
    "forms of a name": NameReader(Words(())).forms,
    "word": lambda text: NoticeReader({}, 0.0).read([text], ()),
    "code": lambda text: SECTORS.sector_of(Classification(path="", scheme="UNSPSC", id=text)),
    "scheme": lambda text: SECTORS.sector_of(Classification(path="", scheme=text, id="46171600")),
    "instant": lenient,
}


@pytest.mark.parametrize("name", READERS)
def test_a_long_text_is_not_kept_by_what_reads_it(name):
    text = "".join([name] * 1000)  # of each its own
    before = sys.getrefcount(text)
    READERS[name](text)
    assert sys.getrefcount(text) == before
