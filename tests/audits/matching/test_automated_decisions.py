"""Machines that decide about people are found by how a sentence is built, in three languages."""

from pathlib import Path

import pytest

from audits.matching.automated_decisions import automated_decisions
from audits.matching.normalize import fold
from audits.matching.reference import Reference

WORDS = Reference.read(Path(__file__).parents[3] / "fixtures" / "reference").words


def found_in(text):
    folded = fold(text)
    return [text[slice(*folded.span(start, end))] for start, end in automated_decisions(folded, WORDS)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Software para la predicción del rendimiento de estudiantes", "predicción del rendimiento de estudiantes"),
        ("Motor que asigna un turno a cada PACIENTE", "asigna un turno a cada PACIENTE"),
        ("Algoritmo de priorización de familias", "priorización de familias"),
        ("Ferramenta de previsão de evasão", "previsão de evasão"),
        ("Robô que indefere requerimentos", "indefere requerimentos"),
        ("System for profiling of jobseekers", "profiling of jobseekers"),
        ("Taxpayers whom an algorithm selects", "Taxpayers whom an algorithm selects"),
    ],
)
def test_a_word_for_judging_near_people_is_found(text, words):
    assert found_in(text) == [words]


@pytest.mark.parametrize(
    "text",
    [
        "Selección de estudiantes por el comité",  # no machine
        "Predicción del rendimiento de estudiantes",  # no program
        "Algoritmo para clasificar baches",  # no people
        "Chatbot que prioriza preguntas de pacientes",  # talks
        "Model to predict the number of patients",  # counts
        "Algoritmo nuevo. El comité selecciona becarios",  # another sentence
        "Modelo que predice la lluvia en toda la cuenca alta y media del río, donde viven muchas familias",  # too far
    ],
)
def test_what_judges_nobody_is_not_found(text):
    assert found_in(text) == []


def test_the_nearest_people_are_told():
    text = "Los alumnos usan un sistema cuyo score de pacientes se publica"

    assert found_in(text) == ["score de pacientes"]
