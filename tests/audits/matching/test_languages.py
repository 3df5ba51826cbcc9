import pytest

from audits.matching.languages import ANY, OTHER, text_language
from audits.matching.normalize import fold


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("Adquisición de cámaras para la sede de la alcaldía y el centro de mando", "es", "es"),
        ("Aquisição de serviços de manutenção do sistema da Câmara e dos seus edifícios", "pt", "pt"),
        ("Supply of cameras for the depot", "EN", "en"),
        ("Supply of cameras for the depot", "es", "en"),
        ("Cámaras", "ES-CO", "es"),
        ("Cámaras", "", ANY),
        ("Kameraovervåking", "nb", OTHER),
        (
            "Konkurransen gjelder levering, montering, vedlikehold samt drift knyttet til overvåking ved Oslo",
            "",
            OTHER,
        ),
        ("Terms of reference for the network. Términos de referencia para la red y el centro", "es", ANY),
    ],
)
def test_the_language_of_a_text_is_told_by_its_small_words(text, declared, expected):
    assert text_language(fold(text).text, declared) == expected
