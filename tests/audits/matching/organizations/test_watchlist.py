from pathlib import Path

import pytest
from rapidfuzz import fuzz, process

from audits.matching.organizations.watchlist import (
    ALIKE,
    LOCAL_BRANCH,
    MEMBER_OF_CONSORTIUM,
    SAME_IDENTIFIER,
    SAME_NAME,
    SAME_WITHOUT_LEGAL_FORM,
    Entry,
    Watchlist,
)
from audits.matching.reference.data import Reference
from audits.matching.reference.files import read_rows
from audits.matching.texts.word_lists import Word, Words
from contracts.ocds.parsing.objects import Party, Text

FOLDER = Path(__file__).parents[4] / "fixtures" / "reference"
WORDS = read_rows(FOLDER / "words.csv", Word)
ENTRIES = [
    Entry("vendors", "Huawei", aliases=("Huawei Technologies Co., Ltd.", "华为"), identifiers=("PE-RUC-20507646728",)),
    Entry("vendors", "Hikvision", aliases=("Hangzhou Hikvision Digital Technology Co., Ltd.",)),
    Entry("vendors", "ZTE", aliases=("ZTE Corporation",), context=("telecom",)),
    Entry("vendors", "Dahua"),
    Entry("vendors", "NEC", aliases=("NEC Corporation",)),
    Entry("vendors", "Claro", ambiguous_names=("Claro",), context=("telefonía", "internet")),
    Entry("vendors", "Megvii", aliases=("Face++",)),
    Entry("financiers", "Inter-American Development Bank", ambiguous_names=("BID",), context=("préstamo", "EC")),
]


@pytest.fixture(scope="module")
def reference():
    return Reference(terms=[], entries=ENTRIES, words=WORDS)


def matched(reference, name, **identifier):
    found = reference.match_party(Party(path="/parties/0", name=name, **identifier))
    return [(match.entry.name, match.value) for match in found]


def named(reference, text):
    _, names = reference.scan(Text("/tender/title", text, "title"))
    return [found.entry.name for found in names]


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("HUAWEI TECHNOLOGIES CO LTD", "Huawei", SAME_NAME),
        ("Huawei S.A.C.", "Huawei", SAME_WITHOUT_LEGAL_FORM),
        ("Huawei del Perú Sociedad Anónima Cerrada", "Huawei", LOCAL_BRANCH),
        ("Huawei Tech Investment", "Huawei", LOCAL_BRANCH),
        ("ZTE CORPORATION SUCURSAL DEL PERU", "ZTE", LOCAL_BRANCH),
        ("Consorcio Entel - Huawei", "Huawei", MEMBER_OF_CONSORTIUM),
        ("华为", "Huawei", SAME_NAME),
        ("Hangzhou Hikvision Digital Tecnology", "Hikvision", 98),
    ],
)
def test_a_party_matches_by_name(reference, name, entry, value):
    (found,) = matched(reference, name)

    assert found[0] == entry
    assert found[1] == value or (found[1] >= 94 and value == 98)


def test_a_party_matches_by_identifier_whatever_its_name(reference):
    assert matched(reference, "Razón social nueva", scheme="PE-RUC", identifier="20507646728") == [
        ("Huawei", SAME_IDENTIFIER)
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Comercial Andahuaylas S.A.C.",
        "TV Azteca",
        "Conectividad S.A.",
        "Juan Claro Silva",
        "ZTT",
        "Face Spa",
        "Nectar",
    ],
)
def test_a_party_that_only_holds_the_letters_matches_nothing(reference, name):
    assert matched(reference, name) == []


def test_the_alias_that_matched_is_reported(reference):
    (match,) = reference.match_party(Party(path="/parties/0", name="ZTE Corp."))

    assert match.alias in {"ZTE", "ZTE Corporation"}
    assert match.path == "/parties/0"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Cámaras Hikvision con soporte", ["Hikvision"]),
        ("Equipos de ZTE para el estado", ["ZTE"]),
        ("EQUIPOS ZTE PARA EL ESTADO", []),
        ("EQUIPOS ZTE PARA TELECOM", ["ZTE"]),
        ("equipos zte para el estado", []),
        ("TV Azteca en Andahuaylas, con conectividad", []),
        ("Es claro que el servicio", []),
        ("Servicio de internet de Claro", ["Claro"]),
        ("Proyecto BID-3371 de riego", ["Inter-American Development Bank"]),
        ("Proyecto BID No. 3371 de préstamo", ["Inter-American Development Bank"]),
        ("Supply of servers, Bid No. 3371", []),
        ("ZTE 2025-00309.pdf", []),
        ("LICITACIÓN LA-12-NBD-012NBD001-N-40-2026 DE REDES", []),
        ("LICITACIÓN LPN-BID-3371 DE REDES", ["Inter-American Development Bank"]),
        ("LICITACIÓN LPN-001-BID-3371 DE REDES", ["Inter-American Development Bank"]),
        ("BID DOCUMENT, PAYROLL OF EC COLLEGE", []),
        ("Concurso EC del BID", ["Inter-American Development Bank"]),
        ("The bid is open", []),
        ("设备由华为提供", ["Huawei"]),
        ("face recognition", []),
    ],
)
def test_names_in_a_text(reference, text, names):
    assert named(reference, text) == names


def test_a_denied_name_is_marked(reference):
    _, (found,) = reference.scan(Text("/x", "Equipos sin Hikvision", "title"))

    assert found.negated


def test_spelling_is_compared_only_among_names_of_like_length_and_misses_none():
    watchlist = Watchlist(
        read_rows(FOLDER / "vendors.csv", Entry, watchlist="vendors"), Words(read_rows(FOLDER / "words.csv", Word))
    )
    core = "hangzhou hikvision digital technolgy"
    near = watchlist._of_like_length(len(core))

    alike = process.extract(core, watchlist._long, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None)
    assert alike
    assert {name for name, _, _ in alike} <= set(near)
    assert len(near) < len(watchlist._long) / 2
