import json
from pathlib import Path

import pytest

from audits.judging.dossiers.building import build_dossier
from audits.matching.lexicon import Mention
from audits.matching.purchases.notice_reader import VERSION, NoticeReader, words_of
from audits.matching.reference.data import Reference

WEIGHTS = Path(__file__).parents[4] / "fixtures" / "reference" / "reader.json"
SMALL = {"w:curso": -2.0, "w:redes": 1.0, "c:<cur": -1.0, "l:cloud:strong": 3.0}


def test_words_are_told_once_and_numbers_are_one_word():
    assert list(words_of(["3 redes y 40 redes", "curso"], [])) == ["0", "redes", "y", "curso"]


def test_words_of_how_a_thing_is_bought_are_left_out():
    loan, camera = (
        Mention(concept, "", "strong", "es", "/tender/title", "title", 0, 1, written)
        for concept, written in (("concession_loan", "Préstamo BID"), ("video_surveillance", "cámaras"))
    )
    assert list(words_of(["camaras con prestamo bid 1234"], [loan, camera])) == ["camaras", "con", "0"]


def test_a_reading_adds_up_what_its_words_weigh_and_says_what_spoke_against_it():
    reading = NoticeReader(SMALL, bias=0.0).read(["curso de redes"], [])

    # Three known features: (-2 - 1 + 1) / sqrt(3).
    assert reading.probability == pytest.approx(0.2396, abs=1e-4)
    assert reading.words == ("curso",)


def test_the_same_weights_have_the_same_digest_and_other_weights_another():
    assert NoticeReader(SMALL, 0.0).digest == NoticeReader(dict(reversed(SMALL.items())), 0.0).digest
    assert (
        NoticeReader(SMALL, 0.0).digest
        != NoticeReader(SMALL, 0.1).digest
        != NoticeReader(SMALL | {"w:de": 1.0}, 0.1).digest
    )


def test_the_digest_of_the_weights_is_in_the_digest_of_the_reference():
    digests = {
        Reference(terms=[], entries=[], reader=reader).digest
        for reader in (None, NoticeReader(SMALL, 0.0), NoticeReader(SMALL, 1.0))
    }

    assert len(digests) == 3
    assert Reference(terms=[], entries=[], reader=NoticeReader(SMALL, 0.0), off=["reader"]).reader is None


def test_weights_are_kept_and_read_again(tmp_path):
    path = tmp_path / "reader.json"
    NoticeReader(SMALL, 0.5, {"rows": {"all": 3}}).save(path)

    read = NoticeReader.load(path)
    assert (read.weights, read.bias, read.card) == (SMALL, 0.5, {"rows": {"all": 3}})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "holds no weights"),
        ("[]", "holds no weights"),
        (json.dumps({"version": VERSION}), "holds no weights: 'weights'"),
        (json.dumps({"version": VERSION + 1}), f"version {VERSION + 1}"),
    ],
)
def test_a_file_that_holds_no_weights_is_reported(tmp_path, text, told):
    path = tmp_path / "reader.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=told):
        NoticeReader.load(path)


def test_the_reader_that_comes_with_the_code_tells_technology_from_what_is_for_it():
    reference = Reference.read(WEIGHTS.parent)

    def read(title):
        return build_dossier({"language": "es", "tender": {"title": title}}, reference=reference).reading.probability

    assert read("Adquisición de servidores y licencias para el centro de datos") > 0.8
    assert read("Adquisición de mascarillas para el personal del sistema de vigilancia sanitaria") < 0.2
