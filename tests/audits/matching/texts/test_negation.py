import pytest

from audits.matching.texts.negation import is_negated
from audits.matching.texts.normalize import fold


def denied(text, words):
    folded = fold(text).text
    start = folded.index(words)
    return is_negated(folded, start, start + len(words))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("El sistema no incluye reconocimiento facial", "reconocimiento facial"),
        ("No incluye: cámaras de video, lectura de placas", "lectura de placas"),
        ("Cámaras sin función de reconocimiento facial", "reconocimiento facial"),
        ("no incluye cámaras ni reconocimiento facial", "reconocimiento facial"),
        ("Câmeras sem reconhecimento facial", "reconhecimento facial"),
        ("A solução não contempla reconhecimento facial", "reconhecimento facial"),
        ("Reconocimiento facial: no incluido", "reconocimiento facial"),
        ("The supply excludes facial recognition", "facial recognition"),
        ("Facial recognition is not included", "facial recognition"),
        ("Cameras without facial recognition", "facial recognition"),
    ],
)
def test_a_mention_is_denied(text, words):
    assert denied(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sin costo para las cámaras", "camaras"),
        ("No incluye instalación. Cámaras ptz", "camaras ptz"),
        ("No incluye instalación, pero sí reconocimiento facial", "reconocimiento facial"),
        ("Proceso No. 3 cámaras", "camaras"),
        ("Ante la falta de equipos, no existen cámaras en la plaza: se compran 40", "camaras"),
        ("Câmeras; não se aplica a multa", "cameras"),
        ("Facial recognition for stations not covered by the police", "facial recognition"),
    ],
)
def test_a_mention_is_not_denied(text, words):
    assert not denied(text, words)
