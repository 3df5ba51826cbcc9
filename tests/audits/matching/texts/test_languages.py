import pytest

from audits.matching.texts.languages import ANY, OTHER, text_language
from audits.matching.texts.normalize import fold

# "for" is a word of both.
NORWEGIAN = (
    "Anskaffelsen gjelder nytt kamerasystem for stasjoner, verksted, depot, kontor, tunneler, trapper, heiser, "
    "billettsaler, plattformer, vognhaller, spor, bygg samt tilhørende servere, klienter, lisenser, drift"
)
ENGLISH = (
    "The purchase is for a new camera system in stations, workshops and depots, with servers and licences to be "
    "delivered by the supplier over four years from the day of signature"
)


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
        ("Rammeavtale for levering av datamaskiner, skjermer og skrivere til kommunens skoler", "nb", OTHER),
        ("Supply of cameras for the depot", "nb", "en"),
        (
            "Konkurransen gjelder levering, montering, vedlikehold samt drift knyttet til overvåking ved Oslo",
            "",
            OTHER,
        ),
        (NORWEGIAN, "nb", OTHER),
        (ENGLISH, "nb", "en"),
        ("Terms of reference for the network. Términos de referencia para la red y el centro", "es", ANY),
    ],
)
def test_the_language_of_a_text_is_told_by_its_small_words(text, declared, expected):
    assert text_language(fold(text).text, declared) == expected
