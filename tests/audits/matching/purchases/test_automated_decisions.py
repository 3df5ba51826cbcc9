"""Machines that decide about people are found by how a sentence is built, in three languages."""

from pathlib import Path

import pytest

from audits.matching.purchases.automated_decisions import automated_decisions
from audits.matching.reference.data import Reference
from audits.matching.texts.normalize import fold

WORDS = Reference.read(Path(__file__).parents[4] / "fixtures" / "reference").words


def found_in(text):
    folded = fold(text)
    return [text[slice(*folded.span(start, end))] for start, end in automated_decisions(folded, WORDS)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Software para la predicción del rendimiento de estudiantes", "predicción del rendimiento de estudiantes"),
        ("Motor que asigna un turno a cada PACIENTE", "asigna un turno a cada PACIENTE"),
        ("Software que clasifica de forma automática a los becarios", "clasifica de forma automática a los becarios"),
        ("Sistema de análise automatizada dos alunos com risco de evasão", "risco de evasão"),
        ("Asignación y ponderación automática con puntaje de familias", "puntaje de familias"),
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


@pytest.mark.parametrize(
    "text",
    [
        # "Automatic" is said of doors, buses and pumps, and of another thing in the sentence.
        "Sistema automático de detección de incendios que reduce el riesgo para las personas",
        "Cama com motor e sistema de pesagem para reduzir o risco de queda do paciente",
        "Ônibus escolar de câmbio automático para 44 estudantes, classificação do veículo",
        "Ventilador con selección automática de modo para pacientes",
        "Aplicación para el pago automático; el comité asigna las becas",
        "Sistema para cálculo automático y autorización de pago de pensión a jubilados",
        "Infusion pump system with automated dose reduction to lower the risk for patients",
        "Bus with automatic transmission, engine of 250 hp, risk rating, 48 students",
        # Words with another sense.
        "Sistema automatizado de autorización de pagos con tarjetas Visa",
        "Condutores classificados para máquina de corte automático",
        "Solución con inteligencia artificial que clasifica correos sospechosos",
        "Curso con asignatura de inteligencia artificial para estudiantes",
        "El adjudicatario capacita en inteligencia artificial a los docentes",
        "Analítica con inteligencia artificial que clasifica vehículos detenidos",
        "Herramienta de inteligencia artificial que clasifica y resume documentos",
        "Inteligencia artificial de altas prestaciones, con selección de memoria",
        "Software educacional com previsão de atendimento de 300 alunos",
        "Software de controle interno com nível de risco",
        "AI platform with tenant segmentation",
        "AI cameras to classify household waste",
        "System with user profiles for students and teachers",
        "Avaliação atuarial: probabilidade de morte dos pensionistas",
        # Weather and upkeep.
        "Sistema de previsão de chuva com modelo de previsão para moradores",
        "Modelo predictivo de inundaciones para alertar a la población",
        "Manutenção preventiva, corretiva e preditiva do sistema de ar, sem parar os pacientes",
        "Mantenimiento preventivo y predictivo del sistema de ascensores para pacientes",
        "Predictive maintenance software for buses that carry passengers",
    ],
)
def test_ordinary_purchases_judge_nobody(text):
    assert found_in(text) == []


def test_the_nearest_people_are_told():
    text = "Los alumnos usan un sistema cuyo score de pacientes se publica"

    assert found_in(text) == ["score de pacientes"]
