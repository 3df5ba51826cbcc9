"""In a text that lists a great many things, only the first words say what is bought."""

from pathlib import Path

import pytest

from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import BoundRule
from audits.matching.reference.data import Reference
from audits.rules import RULES

pytestmark = pytest.mark.rules
ITEM = (
    "Suministro e instalación de rótulo de aluminio, con tubo cuadrado de cincuenta milímetros y fijaciones, núm {}. "
)
CATALOGUE = "".join(ITEM.format(number) for number in range(40))
FEW = "".join(ITEM.format(number) for number in range(10))


@pytest.fixture(scope="module")
def reference():
    return Reference.read(Path(__file__).parents[3] / "fixtures" / "reference")


def dossier_of(reference, title):
    release = {"language": "es", "buyer": {"name": "Entidad de Ejemplo"}, "tender": {"title": title}}
    return build_dossier(release, reference=reference)


def judged(reference, code, title):
    return BoundRule(RULES[code], RULES[code].parameters).judge(dossier_of(reference, title))


@pytest.mark.parametrize(
    ("code", "head", "told"),
    [
        ("T07", "Equipos de red. ", "Construcción del anillo de fibra óptica nacional de telecomunicaciones."),
        ("T02", "Plataforma en la nube. ", "Integración con la Policía Nacional."),
        ("T01", "", "Cámaras de videovigilancia en plazas."),
    ],
)
def test_what_a_catalogue_names_late_is_not_what_is_bought(reference, code, head, told):
    flagged = [
        judged(reference, code, text).kind is OutcomeKind.FLAGGED
        for text in (head + told, head + told + CATALOGUE, head + FEW + told, head + CATALOGUE + told)
    ]

    assert flagged == [True, True, True, False]


def test_what_only_a_catalogue_names_late_is_withheld_and_has_no_sector(reference):
    title = CATALOGUE + "Cámaras de videovigilancia en plazas."

    outcome = judged(reference, "T01", title)

    assert (outcome.kind, outcome.reason) == (OutcomeKind.CLEAR, "withheld_passing")
    assert outcome.values == {"words": "Cámaras de videovigilancia"}
    assert dossier_of(reference, title).sectors == ()


def test_sectors_are_those_that_the_first_words_tell(reference):
    first, late = "Cámaras de videovigilancia en plazas. ", "Anillo de fibra óptica nacional de telecomunicaciones."

    assert dossier_of(reference, first + late).sectors == ("surveillance", "telecoms")
    assert dossier_of(reference, first + CATALOGUE + late).sectors == ("surveillance",)


@pytest.mark.parametrize(
    ("value", "start", "passing"),
    [
        ("a. " * 1_000, 600, True),
        ("a. " * 1_000, 599, False),
        ("a. " * 999, 600, False),
        ("a " * 1_400 + "a. " * 67, 600, True),
        ("a " * 1_486 + "a. " * 29, 600, False),
        ("a " * 1_485 + "a. " * 30, 600, True),
        ("aaaa\uf0a7 " * 1_000, 600, True),
    ],
)
def test_a_catalogue_is_long_and_of_many_sentences(value, start, passing):
    assert is_mentioned_in_passing(value, start) is passing
