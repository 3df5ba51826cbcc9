"""What is written into a search: phrases, words to leave out, alternatives, parts of a row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract, ContractingProcess
from contracts.postgres.search import with_words
from contracts.postgres.search_terms import MAX_WORDS, Term, Terms, read_terms
from tests.contracts.postgres.words import found, make_process

pytestmark = pytest.mark.django_db


def words(*texts):
    return tuple((Term(text),) for text in texts)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("cámara  fibra", Terms(words("cámara", "fibra"))),
        ('"red de fibra" cámara', Terms(((Term("red de fibra", is_phrase=True),), (Term("cámara"),)))),
        ('"fibra"', Terms(words("fibra"))),
        ("cámara -fibra", Terms(words("cámara"), (Term("fibra"),))),
        ('cámara -"red de fibra"', Terms(words("cámara"), (Term("red de fibra", is_phrase=True),))),
        ("cámara OR fibra red", Terms(((Term("cámara"), Term("fibra")), (Term("red"),)))),
        ("OR fibra OR", Terms(words("OR", "fibra"))),
        ('"sin cerrar', Terms(((Term("sin cerrar", is_phrase=True),),))),
        ("A-12 ley 2020-3", Terms(words("A-12", "ley", "2020-3"))),
        ('-- - "" \' %', Terms()),
        ("-fibra", Terms((), (Term("fibra"),))),
        ("video vigilancia", Terms(((Term("videovigilancia"), Term("video vigilancia")),))),
        ("vídeo-vigilância", Terms(((Term("vídeovigilância"), Term("vídeo vigilância")),))),
        ("Ciberseguridad", Terms(((Term("Ciberseguridad"), Term("Ciber seguridad", is_phrase=True)),))),
        ('"video vigilancia"', Terms(((Term("video vigilancia", is_phrase=True),),))),
        ("video", Terms(words("video"))),
        ("videos", Terms(words("videos"))),
        ("red OR video-wall", Terms(((Term("red"), Term("video-wall")),))),
        ("-videovigilancia red", Terms(words("red"), (Term("videovigilancia"),))),
    ],
)
def test_terms(text, terms):
    assert read_terms(text) == terms


def test_words_past_the_limit_do_not_count():
    assert read_terms(" ".join(f"w{number}" for number in range(20))).words.split()[-1] == f"w{MAX_WORDS - 1}"
    assert read_terms('"' + "w " * 20 + '"').words.split() == ["w"] * MAX_WORDS


TITLE = "Adquisición de cámaras: RED de fibra, y más"


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ('"red de fibra"', True),
        ('"cámaras red"', True),  # a sign is no word
        ('"RED DE FIBRA Y MAS"', True),
        ('"fibra de red"', False),
        ('"red fibra"', False),
        ('"de fib"', False),  # a phrase is of whole words
        ('"fibra y mas tula"', False),  # the name of the buyer is another text
        ('"adquisicion de" fibra', True),
        ("cámara -fibra", False),
        ("cámara -cobre", True),
        ("cámara -fibras", False),  # by its stem too
        ('cámara -"red de cobre"', True),
        ('cámara -"red de fibra"', False),
        ("cobre OR fibra", True),
        ("cobre OR satélite", False),
        ('"red de cobre" OR fibra', True),
        ('"red de cobre" OR "de fibra y"', True),
        ("cámara cobre OR fibra", True),
        ("-cobre", False),  # nothing to find
    ],
)
def test_a_process_is_found(text, is_found):
    make_process(title=TITLE, buyer_name="Tula", language="es")

    assert found(text) == is_found


def test_a_phrase_is_not_found_across_two_texts():
    make_process(title="Compra", buyer_name="Tula", supplier_names=["Acme Uno", "Dos Hermanos"])

    assert found('"acme uno"')
    assert not found('"uno dos"')
    assert not found('"compra tula"')


def test_parts_are_searched_alone():
    make_process(title="Cámaras", description="fibra", buyer_name="Municipalidad de Tula", supplier_names=["Acme"])

    def of(text, part):
        return with_words(ContractingProcess.objects.all(), text, "", part=part).exists()

    assert of("camara", "title")
    assert of("municipalidades tula", "buyer")
    assert of("acme", "supplier")
    assert not of("fibra", "title")
    assert not of("tula", "title")
    assert not of("camara", "buyer")
    assert not of("camara tula", "buyer")
    assert not of("tula", "supplier")


def test_what_is_left_out_is_in_neither_contract_nor_process():
    process = make_process(title="Cámaras", buyer_name="Tula")
    Contract.objects.create(process=process, basis="contract", title="Instalación de fibra", path="/contracts/0")

    assert found("camara -cobre", "", "process", model=Contract)
    assert not found("camara -fibra", "", "process", model=Contract)
    assert not found("fibra -tula", "", "process", model=Contract)


@pytest.mark.parametrize("asked", ["videovigilancia", "video vigilancia", "video-vigilancia", "VÍDEO VIGILANCIA"])
def test_what_is_written_as_one_word_or_as_two_is_found_by_both(asked):
    """Who asked for "video vigilancia" saw two contracts of eighty, and nothing told of the others."""
    titles = ["Sistema de videovigilancia", "Sistema de video vigilancia", "Vídeo-vigilancia urbana"]
    for number, title in enumerate([*titles, "Vigilancia privada"]):
        make_process(number, title=title, language="es")
    rows = with_words(ContractingProcess.objects.all(), asked, "")
    assert set(rows.values_list("title", flat=True)) == set(titles)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("videovigilancia ciberseguridad", ["Videovigilancia y ciber seguridad", "Video vigilancia, ciberseguridad"]),
        ("videovigilancia -urbana", ["Video vigilancia, ciberseguridad", "Videovigilancia y ciber seguridad"]),
        ('videovigilancia "ciber seguridad"', ["Videovigilancia y ciber seguridad"]),
    ],
)
def test_each_word_may_have_its_own_spelling(asked, titles):
    others = ["Videovigilancia urbana", "Vigilancia por video", "Ciberseguridad"]
    for number, title in enumerate([*titles, *others]):
        make_process(number, title=title, language="es")
    rows = with_words(ContractingProcess.objects.all(), asked, "")
    assert sorted(rows.values_list("title", flat=True)) == sorted(titles)


def test_words_are_worked_out_anew_only_for_what_may_hold_the_phrase():
    """The words of a row take .1 ms: ten thousand rows with "videovigilancia" took seconds."""
    make_process(1, title="Sistema de videovigilancia", language="es")
    make_process(2, title="Sistema de video vigilancia", language="es")
    with CaptureQueriesContext(connection) as queries:
        assert with_words(ContractingProcess.objects.all(), "videovigilancia", "").count() == 2
    by_words, _union, others = queries[0]["sql"].partition(" UNION ")
    assert by_words.count("process_words") == 1
    assert "search_text" not in by_words
    assert "search_text" in others
