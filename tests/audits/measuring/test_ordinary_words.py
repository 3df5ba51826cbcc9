import csv

import pytest
from django.core.management import CommandError, call_command

from audits.measuring.ordinary_words import ordinary_words


def notice(title, buyer="A", language="es", **others):
    return {"title": title, "description": "", "buyer": buyer, "language": language, **others}


def test_words_that_enough_buyers_write_small_are_ordinary():
    rows = [notice("Soporte del sistema de Alerta", buyer) for buyer in "AB"] + [notice("Alerta y sistema", "A")]

    assert ordinary_words(rows, buyers=2) == ["sistema"]
    assert ordinary_words(rows, buyers=3) == []


def test_words_are_folded_and_short_ones_left_out():
    assert ordinary_words([notice("una gestión siga"), notice("a gestão digital", language="pt")], buyers=1) == [
        "digital",
        "gestao",
        "gestion",
    ]


@pytest.mark.parametrize(
    "row",
    [notice("SOPORTE DEL SISTEMA sistema"), notice("a support system", language="en"), notice("un Sistema Digital")],
)
def test_capitals_and_other_languages_tell_no_word(row):
    assert "sistema" not in ordinary_words([row], buyers=1)


def test_words_of_listed_names_take_ten_times_as_many_buyers():
    rows = [notice("lista check digital", str(buyer)) for buyer in range(10)]

    assert ordinary_words(rows, buyers=1, named={"check"}) == ["check", "digital", "lista"]
    assert ordinary_words(rows[:9], buyers=1, named={"check"}) == ["digital", "lista"]


def test_buyers_that_a_source_does_not_name_are_one():
    rows = [notice("el sistema", "", source_file="x"), notice("el sistema", "", source_file="x")]

    assert ordinary_words(rows, buyers=2) == []
    assert ordinary_words([*rows, notice("el sistema", "", source_file="y")], buyers=2) == ["sistema"]


def test_the_command_writes_one_word_a_line(tmp_path):
    notices, output = tmp_path / "notices.csv", tmp_path / "words.txt"
    with notices.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(notice("")))
        writer.writeheader()
        writer.writerows(notice("Un sistema de oracle para el registro", buyer) for buyer in "ABC")

    call_command("ordinarywords", notices, output=output)

    assert (
        output.read_text(encoding="utf-8") == "registro\n"
    )  # Oracle is listed, and so are names that begin with "Sistema"


def test_the_command_says_which_file_is_missing(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("ordinarywords", tmp_path / "nowhere.csv")
