"""Citations of grounds: spellings, laws, offsets, false friends, and the time that they take."""

import gc
import time
from datetime import date
from pathlib import Path

import pytest

from audits.matching.laws.citations import Citations
from audits.matching.laws.grounds import KINDS, Ground, Law
from audits.matching.reference.files import read_grounds, read_laws

FIXTURES = Path(__file__).parents[4] / "fixtures" / "reference"
LAWS = read_laws(FIXTURES / "laws.csv")
GROUNDS = read_grounds(FIXTURES / "grounds.csv", LAWS)
COUNTRIES = {"AR", "BO", "BR", "CL", "CO", "CR", "DO", "EC", "GT", "HN", "MX", "PA", "PE", "PT", "PY", "SV", "UY"}


@pytest.fixture(scope="module")
def citations() -> Citations:
    return Citations(LAWS, GROUNDS)


@pytest.mark.parametrize(
    ("country", "text", "label"),
    [
        ("PT", "Artigo 24.º, n.º 1, alínea e), subalínea ii) do Código dos Contratos Públicos", "e), ii)"),
        ("PT", "art. 24.º, n.º 1, al. e), ii)", "e), ii)"),
        ("PT", "artigo 24º, alínea c) do CCP", "al. c)"),
        ("PT", "Artigo 24.º, n.º 1, al. c), do Decreto-Lei n.º 18/2008, de 29 de janeiro", "al. c)"),
        ("PT", "Artigo 5.º-A do CCP", "art. 5-A"),
        ("BR", "art. 74, inc. I", "art. 74, I"),
        ("BR", "artigo 75, IX", "art. 75, IX"),
        ("BR", "Art. 75, inciso IV, alínea g", "art. 75, IV, g)"),
        ("BR", "inciso IV do art. 24 da Lei Federal n. 8.666/93", "art. 24, IV"),
        ("BR", "art. 24, IV, c/c art. 26 da Lei 8.666/93", "art. 24, IV"),
        ("BR", "Art. 25, caput, inciso I, da Lei nº 8.666, de 21 de junho de 1993", "art. 25, I"),
        ("BR", "Lei 13.303/2016 – Art. 29, XV", "art. 29, XV"),
        ("MX", "artículo 41 fracción III de la LAASSP", "art. 41, fracción III"),
        ("MX", "ARTICULO 41, FRACC. I Y ANTEPENULTIMO PARRAFO DE LA LAASSP", "art. 41, fracción I"),
        ("MX", "artículos 26 fracción III, 40 y 41 fracción IV de la LAASSP", "art. 41, fracción IV"),
        ("MX", "07. Adjudicación Directa Nacional Art. 42 LAASSP / Servicios", "LAASSP 2000, art. 42"),
        ("MX", "artículo 54 fracción I", "art. 54, fracción I"),
        ("CO", "literal g del numeral 4 del artículo 2 de la Ley 1150 de 2007", "numeral 4 literal g"),
        ("CO", "Ley 1150 de 2007, art. 2, num. 4, lit. g", "numeral 4 literal g"),
        ("CO", "artículo 2.2.1.2.1.4.8 del Decreto 1082 de 2015", "art. 2.2.1.2.1.4.8"),
        ("PE", "artículo 27 literal e) de la Ley N° 30225", "27.1 literal e)"),
        ("PE", "literal e) del numeral 27.1 del artículo 27", "27.1 literal e)"),
        ("PE", "art. 55.1 d) de la Ley N.º 32069", "55.1 literal d)"),
        ("CL", "artículo 10 N° 7 letra e) del Reglamento de la Ley N° 19.886", "N° 7 letra e)"),
        ("CL", "art. 8 letra d) ley 19.886", "letra d"),
        ("CR", "de conformidad con el artículo 131 inciso a) del RLCA", "art. 131, inciso a)"),
        ("CR", "Proveedor único (Inciso c del artículo 3 LGCP 9986)", "art. 3, inciso c)"),
        ("CR", "Compra urgente amparada al (Artículo 66 LGCP 9986).", "art. 66"),
        ("CR", "objetos que requieren seguridades calificadas (artículo 139 inciso h) RLCA.", "art. 139, inciso h)"),
        ("CR", "situaciones imprevisibles (artículo 139 inciso k) RLCA.", "art. 139, inciso k)"),
        ("GT", "Compra Directa con Oferta Electrónica (Art. 43 LCE Inciso b)", "art. 43, inciso b)"),
        ("AR", "artículo 25, inciso d), apartado 3 del Decreto Delegado N° 1023/01", "apartado 3"),
        ("BO", "inciso a) del artículo 65 del D.S. 0181", "art. 65, inc. a)"),
        ("HN", "Art. 63 numeral 2 de la Ley de Contratación del Estado", "art. 63, numeral 2)"),
        ("PA", "numeral 1 del artículo 81 del Texto Único de la Ley 22 de 27 de junio de 2006", "numeral 1"),
        ("EC", "artículo 95 del RGLOSNCP", "art. 95"),
        ("UY", "Art. 33 literal D) numeral 3 del TOCAF", "literal D) numeral 3"),
        ("UY", "art. 33 lit. D, nral. 10", "literal D) numeral 10"),
        ("PY", "VEX 279-24 Mantenimiento de medidores", "DNCP"),
        ("PY", "CVE con difusión previa", "DNCP"),
        ("EC", "RE-PU-EPN-049-2022", "LOSNCP"),
        ("SV", "artículo 72 de la LACAP", "LACAP, art. 72"),
        ("DO", "art. 6 de la Ley 340-06", "Ley 340-06, art. 6"),
        ("MX", "Adjudicación directa, artículo 54 fracción IV fines militares", "LAASSP 2025, art. 54, fracción IV"),
        ("MX", "artículo 54, fracción XIX, de la LAASSP", "art. 54, fracción XIX"),
        ("MX", "ART. 54 FRACC. VIII LAASSP", "art. 54, fracción VIII"),
        ("CL", "artículo 8 bis letra c) de la Ley N° 19.886", "art. 8 bis, letra c)"),
        ("CL", "art. 8 bis, letra f), de la Ley de Compras Públicas", "art. 8 bis, letra f)"),
        ("DO", "artículo 67 de la Ley núm. 47-25", "Ley 47-25, art. 67"),
        ("SV", "artículo 41 de la Ley de Compras Públicas", "Ley de Compras Públicas, art. 41"),
        ("SV", "Art. 44 de la LCP", "Ley de Compras Públicas, art. 44"),
        ("GT", "artículo 2 de la Ley de Contrataciones del Estado", "Decreto 57-92, art. 2"),
    ],
)
def test_spellings_name_their_row(citations: Citations, country: str, text: str, label: str) -> None:
    found = citations.find(text, country)
    assert [citation.label for citation in found if citation.label.endswith(label)] == [found[-1].label]


@pytest.mark.parametrize(
    ("country", "text"),
    [
        # Another law, its number or its regulation.
        ("BR", "art. 74, I, da Lei 9.999/2000"),
        ("BR", "art. 75, II, da Lei Municipal nº 14.133/2021"),
        ("BR", "art. 75, II, da Lei Orgânica do Município"),
        ("BR", "conforme art. 75, II, do edital"),
        ("MX", "artículo 41 fracción I del Reglamento de la LAASSP"),
        ("MX", "artículo 42 fracción I de la LGTAIP"),
        ("MX", "Con base en el artículo 41 fracción I LFPDPPP, el instituto"),
        ("PT", "Artigo 20.º, alínea d) do Decreto Legislativo Regional n.º 27/2015/A"),
        ("CO", "num. 4 literal g, art. 2, Ley 80 de 1993"),
        ("CO", "artículo 2, numeral 4, literal g del Decreto 1150"),
        ("PA", "artículo 81 de la Ley 22 de 2012"),
        ("PE", "artículo 27 literal e) de la Ley 27444"),
        # An article alone, without its law.
        ("BR", "art. 24"),
        ("MX", "Adjudicación directa (art. 42)"),
        ("PT", "Ao abrigo de acordo-quadro (art.º 259.º)"),
        # No article of these laws.
        ("BR", "observado o artigo 107 da Lei nº 14.133/2021"),
        ("PT", "Artigo 20.º, n.º 1, alínea a) do Código dos Contratos Públicos"),
        # What governs a contract, what is forbidden, what is denied.
        ("BR", "O contrato será regido pela Lei 14.133/2021, art. 75, II"),
        ("MX", "El contrato se regirá por el artículo 41 fracción II de la LAASSP"),
        ("PE", "Marco legal: artículo 27 literal e) de la Ley 30225"),
        ("MX", "impedidos conforme al artículo 41 fracción I de la LAASSP"),
        ("MX", "no se incluyen los supuestos del artículo 41 fracción I de la LAASSP"),
        # Words and codes that look alike.
        ("PY", "Corrección de CVE-2021-44228 en servidores"),
        ("PY", "cve"),
        ("EC", "PARE-PU-001"),
        ("BR", "arte 75, IX"),
        ("PT", "3 artigos: 24 cadeiras e 2 mesas"),
        ("US", "art. 74, I, da Lei 14.133/2021"),
    ],
)
def test_false_friends_cite_nothing(citations: Citations, country: str, text: str) -> None:
    assert citations.find(text, country) == []


def test_offsets_are_those_of_the_text_as_written(citations: Citations) -> None:
    text = "Aquisição  de\u00ad serviços –\n ARTIGO  24.º,  n.º 1, alínea e), subalínea iii) do CCP; ver anexo"
    (found,) = citations.find(text, "PT")
    assert text[found.start : found.end] == "ARTIGO  24.º,  n.º 1, alínea e), subalínea iii) do CCP"
    assert found.kinds == ("exclusive_rights",)


def test_several_items_and_articles_are_each_found(citations: Citations) -> None:
    text = "fracciones I y III del artículo 41 y artículos 42 y 43 de la LAASSP"
    assert [found.label for found in citations.find(text, "MX")] == [
        "LAASSP 2000, art. 41, fracción I",
        "LAASSP 2000, art. 41, fracción III",
        "LAASSP 2000, art. 42",
    ]


def test_the_day_tells_versions_of_an_article_apart(citations: Citations) -> None:
    text = "artículo 25 inciso d) apartado 9 del Decreto 1023/2001"
    assert citations.find(text, "AR") == []
    (before,) = citations.find(text, "AR", date(2020, 1, 1))
    (after,) = citations.find(text, "AR", date(2025, 1, 1))
    assert (before.kinds, after.kinds) == (("between_public_bodies",), ("other",))


def test_a_law_that_comes_later_is_not_meant_by_an_article_alone(citations: Citations) -> None:
    """A law that has ended still is: what began under it goes on."""
    text = "contratação direta, art. 75, inciso VIII"
    assert citations.find(text, "BR", date(2005, 3, 1)) == []
    (found,) = citations.find(text, "BR", date(2024, 3, 1))
    assert found.grounds[0].law == "Lei 14.133/2021"
    (ended,) = citations.find("dispensa, art. 24, inciso IV", "BR", date(2024, 3, 1))
    assert ended.grounds[0].law == "Lei 8.666/1993"


@pytest.mark.parametrize(
    ("country", "text", "on", "kind"),
    [
        ("MX", "artículo 54 fracción II de la LAASSP", date(2025, 4, 17), "urgency"),
        ("MX", "artículo 54 fracción IV de la LAASSP", date(2025, 4, 17), "secrecy"),
        ("MX", "artículo 54 fracción V de la LAASSP", date(2026, 11, 29), "urgency"),
        ("MX", "artículo 55 de la LAASSP", date(2026, 11, 29), "small_value"),
        ("CL", "artículo 8 bis letra d) de la Ley 19.886", date(2024, 12, 12), "secrecy"),
        ("DO", "artículo 66 de la Ley 47-25", date(2026, 1, 29), "small_value"),
        ("DO", "artículo 6 de la Ley 340-06", date(2026, 1, 28), "other"),
        ("MX", "artículo 54 fracción VII de la LAASSP", date(2026, 11, 29), "failed_tender"),
        ("CL", "artículo 8 bis letra b) de la Ley 19.886", date(2024, 12, 12), "failed_tender"),
        ("GT", "artículo 32 de la Ley de Contrataciones del Estado", date(2026, 11, 29), "failed_tender"),
    ],
)
def test_laws_of_late_years_give_their_kinds(
    citations: Citations, country: str, text: str, on: date, kind: str
) -> None:
    assert {of for found in citations.find(text, country, on) for of in found.kinds} == {kind}


@pytest.mark.parametrize("form", ["art. {article}, {item}, {name}", "{name}, artículo {article} {item}"])
def test_every_row_is_found_by_every_name_of_its_law(citations: Citations, form: str) -> None:
    names = {(law.country, law.law): law.names for law in LAWS}
    missed = [
        (ground.label, name)
        for ground in GROUNDS
        if ground.article
        for name in names[ground.country, ground.law]
        if ground not in _rows(citations, form.format(article=ground.article, item=ground.item, name=name), ground)
    ]
    assert missed == []
    assert len(GROUNDS) > 300


def _rows(citations: Citations, text: str, ground: Ground) -> list[Ground]:
    on = date.fromisoformat(ground.valid_from or ground.valid_to or "2024-01-01")
    return [row for citation in citations.find(text, ground.country, on) for row in citation.grounds]


def test_the_table_covers_its_countries_and_names_sources() -> None:
    assert {ground.country for ground in GROUNDS} == COUNTRIES
    assert all(ground.source.startswith("http") and ground.title for ground in GROUNDS)
    assert {kind for ground in GROUNDS for kind in ground.kinds} == KINDS


def table_of(row: str, path: Path) -> Path:
    """Write a table of one row under the header of ours, which has its name, and return where it is."""
    header, _, _ = (FIXTURES / path.name).read_text("utf-8").partition("\n")
    path.write_text(f"{header}\n{row}\n", "utf-8")
    return path


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("XX,Law 2,1,,,other,t,http://x,,,yes,no,", "not among the laws"),
        ("XX,Law 1,1,,,luck,t,http://x,,,yes,no,", "kinds of"),
        ("XX,Law 1,1,,,other,t,,,,yes,no,", "needs a source"),
        ("XX,Law 1,1,,,other,t,http://x,2020-13-01,,yes,no,", "month"),
        ("XX,Law 1,1,,,other,t,http://x,2021-01-01,2020-01-01,yes,no,", "ends before"),
    ],
)
def test_rows_that_cannot_be_read_are_told_with_their_line(tmp_path: Path, row: str, complaint: str) -> None:
    path = table_of(row, tmp_path / "grounds.csv")
    with pytest.raises(ValueError, match=complaint) as told:
        read_grounds(path, [Law("XX", "Law 1")])
    assert "grounds.csv, line 2" in str(told.value)
    path.write_text(path.read_text("utf-8").replace(",yes,", ",no,"), "utf-8")
    assert read_grounds(path, []) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("XX,Law 1,,yes,,,,", "needs a country"),
        ("XX,Law 1,,yes,http://x,1/7/2024,,", "isoformat"),
        ("XX,Law 1,,yes,http://x,2021-01-01,2020-01-01,", "ends before"),
    ],
)
def test_laws_that_cannot_be_read_are_told_with_their_line(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as told:
        read_laws(table_of(row, tmp_path / "laws.csv"))
    assert "laws.csv, line 2" in str(told.value)


@pytest.mark.parametrize(
    "seed",
    [
        "art. 24 ",
        "art. 24 n.º 1, al. e), ii) ",
        "fracciones I, II, III, IV y V del artículo 41. ",
        "lei 14.133/2021, art. 75, ",
        "art. 1.1.1.1.1.1.",
        "art. 1 y 2 y 3 e ",
        "artículos 1, 2, 3, 4, ",
        "art. 2444444444444444444444444 ",
        "art. 24 (((((( ",
        "art. 1 y antepenúltimo párrafo ",
        "art.   24   n.º  ",
        "se regirá por la ley art. 75 ",
        "literal a del numeral 4 del artículo de la ley decreto n° ",
    ],
)
def test_time_grows_with_the_length_of_a_text(citations: Citations, seed: str) -> None:
    short, long = (_seconds(citations, seed * (size * 1024 // len(seed))) for size in (10, 80))
    # Eight times the text: quadratic work would take 64 times as long; a busy machine at most doubles it.
    assert long < 20 * short + 0.002


def _seconds(citations: Citations, text: str) -> float:
    gc.collect()
    gc.disable()
    try:
        return min(_once(citations, text) for _ in range(4))
    finally:
        gc.enable()


def _once(citations: Citations, text: str) -> float:
    start = time.process_time()
    citations.find(text, "BR")
    return time.process_time() - start
