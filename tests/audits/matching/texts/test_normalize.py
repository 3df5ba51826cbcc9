import pytest

from audits.matching.texts.normalize import fold, fold_phrase, without_addresses


def written_letters(text):
    folded = fold(text)
    return [(letter, text[folded.written(place)]) for place, letter in enumerate(folded.text)]


def test_case_accents_and_hyphens_are_folded():
    assert fold("VÍDEO-Vigilância Ñandú").text == "video vigilancia nandu"


def test_a_word_broken_at_a_line_end_is_joined():
    assert fold("reconoci-\n  miento facial").text == "reconocimiento facial"


def test_white_space_is_one_space():
    assert fold("a\t\r\n b\xa0\xa0c").text == "a b c"


@pytest.mark.parametrize(
    "text",
    [
        "plain text",
        "CÁMARAS  de \n videovigilancia",
        "reconoci-\nmiento facial y más",
        "“cámara” – corchetes […]",
        "ca\u0301mara con combinación",
        "华为技术有限公司 en Perú",
        "soft\u00adhyphen and zero\u200bwidth",
        "Лаборатория Касперского",
    ],
)
def test_every_letter_is_found_again_in_the_text_as_written(text):
    for letter, written in written_letters(text):
        if letter.isalnum() and letter.isascii():
            assert fold_phrase(written) == letter
        elif letter.isalnum():
            assert written.lower() == letter


def test_quotes_and_marks_of_windows_text_fold_like_any_other():
    assert fold("“C5” – centro").text == fold('"c5" - centro').text.replace("  ", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("edital em http://www6.caixa.gov.br/pregao_internet/index.asp.", "edital em " + " " * 51),
        ("ver WWW.EXEMPLO.PT/REDE hoje", "ver " + " " * 19 + " hoje"),
        ("a software@nube.gob.pe, red", "a " + " " * 20 + ", red"),
        ("www sistema y @usuario", "www sistema y @usuario"),
        ("[LICITANET] - Sistema de rede", " " * 14 + "Sistema de rede"),
        ("[Reconhecimento facial] - escolas", "[Reconhecimento facial] - escolas"),
        ("Rede [fibra] - sistema", "Rede [fibra] - sistema"),
        ("[SOFTWARE] de rede", "[SOFTWARE] de rede"),
        ("sistema de red", "sistema de red"),
    ],
)
def test_addresses_and_the_portal_before_a_title_are_blanks(text, expected):
    assert without_addresses(text) == expected
    assert len(expected) == len(text)


def test_chinese_is_kept():
    assert fold("华为").text == "华为"
