"""Offers in a table: in the row of a contract, and in rows below it."""

from decimal import Decimal

from contracts.ocds.parsing.parse import parse_process
from tests.support.tables import cells, parts, parts_of_text

HEAD = ("Proceso", "Objeto", "Oferente", "Monto ofertado (L)", "Adjudicatario", "Monto adjudicado (L)")
QUOTED = "Cotizaciones consideradas"


def offers(release):
    return [(bid["tenderers"][0]["name"], bid.get("value", {}).get("amount")) for bid in release["bids"]["details"]]


def test_rows_that_add_only_an_offer_belong_to_the_contract_above():
    (first, second), problems, (sheet,) = parts(
        cells(
            HEAD,
            ("LPN-1", "Cámaras", "Equis S.A.", 120.5, "Ye S.A.", 100),
            ("", "", "Ye, S.A.", 100, "", ""),
            ("LPN-1", "", "Zeta S.A.", 150, "", ""),
            ("LPN-2", "Radios", "Uve S.A.", 50, "Uve S.A.", 50),
        )
    )
    assert [problem.code for problem in problems if problem.code != "number_format"] == []
    assert (sheet.rows, sheet.rows_read, sheet.unused) == (4, 4, [])
    assert offers(first) == [("Equis S.A.", Decimal("120.5")), ("Ye S.A.", 100), ("Zeta S.A.", 150)]
    assert offers(second) == [("Uve S.A.", 50)]
    process, corrections = parse_process(first)
    assert corrections == []
    # Written otherwise, the supplier is one of the bidders nonetheless.
    assert process.awards[0].suppliers[0].key in {bid.tenderers[0].key for bid in process.bids}
    roles = {party["name"]: party["roles"] for party in first["parties"]}
    assert roles == {"Ye S.A.": ["supplier", "tenderer"], "Equis S.A.": ["tenderer"], "Zeta S.A.": ["tenderer"]}


def test_the_row_of_another_process_and_what_else_a_row_says_are_reported():
    (release,), problems, (sheet,) = parts(
        cells(
            HEAD,
            ("LPN-1", "Cámaras", "Equis S.A.", 120, "Ye S.A.", 100),
            ("", "", "Ye S.A.", 100, "Zeta S.A.", ""),
            ("LPN-7", "", "Zeta S.A.", 150, "", ""),
        )
    )
    told = [(problem.code, problem.variant, problem.pointer) for problem in problems]
    assert ("cell_unread", "beside_offer", "/Hoja/3/Adjudicatario") in told
    assert ("row_incomplete", "", "/Hoja/4") in told
    assert offers(release) == [("Equis S.A.", 120), ("Ye S.A.", 100)]
    assert (sheet.rows, sheet.rows_read) == (3, 2)


def test_a_contract_repeated_with_each_offer_is_one_release():
    (release,), problems, (sheet,) = parts_of_text(
        "Proceso;Objeto;Postor;Oferta económica;Proveedor;Monto;Moneda",
        "1;Cámaras;Equis S.A.;1.200,50;Ye S.A.;1.000,25;PEN",
        "1;Cámaras;Ye S.A.;1.000,25;Ye S.A.;1.000,25;PEN",
    )
    assert (problems, sheet.rows_read) == ([], 2)
    assert offers(release) == [("Equis S.A.", Decimal("1200.50")), ("Ye S.A.", Decimal("1000.25"))]
    assert release["bids"]["details"][0]["value"]["currency"] == "PEN"


def test_several_bidders_in_a_cell_are_parted_with_as_many_amounts():
    (release, other), (problem,), _sheet = parts_of_text(
        "Objeto|Licitantes|Valor da proposta|Vencedor|Valor",
        "Câmeras|Equis Ltda; Zeta Ltda|R$ 1.200,50; R$ 1.300,00|Equis Ltda|R$ 1.200,50",
        "Rádios|Equis Ltda; Zeta Ltda|R$ 90,00|Equis Ltda|R$ 90,00",
    )
    assert offers(release) == [("Equis Ltda", Decimal("1200.50")), ("Zeta Ltda", 1300)]
    assert offers(other) == [("Equis Ltda", None), ("Zeta Ltda", None)]
    assert (problem.code, problem.pointer) == ("cell_unread", "/3/Valor da proposta")


def test_a_column_of_bidders_alone_or_of_their_number_tells_no_offers():
    for header, cell in (("Oferente;Monto ofertado", "Equis S.A.;5"), ("Proveedor;Oferentes", "Equis S.A.;3")):
        (release,), _problems, (sheet,) = parts_of_text(f"Entidad;Objeto;{header}", f"Alcaldía;Cámaras;{cell}")
        assert "bids" not in release
        assert sheet.unused[-1] in header


def test_the_quotes_of_a_sheet_of_mexico_city_are_offers():
    rows = (
        ("TIPO DE PROCEDIMIENTO", "NUMERO DEL CONTRATO", "OBJETO DEL CONTRATO", QUOTED.upper(), "", "", ""),
        ("", "", "", "NOMBRE DE LOS PROVEEDORES", "", "", "MONTO DE LAS COTIZACIONES CON IMPUESTOS INCLUIDOS"),
        ("", "", "", "NOMBRE (S)", "APELLIDO PATERNO", "APELLIDO MATERNO", ""),
        ("ADJUDICACIÓN DIRECTA", "PGJDF-1", "GUANTES", "ROSA", "MELGOZA", "URIBE", "$36´949,077.48"),
        ("", "", "", "ACME, S.A. DE C.V.", "", "", 99),
    )
    releases, problems, (sheet,) = parts(cells(*rows))
    assert (problems, sheet.rows_read, len(releases)) == ([], 2, 1)
    assert offers(releases[0]) == [("ROSA MELGOZA URIBE", Decimal("36949077.48")), ("ACME, S.A. DE C.V.", 99)]
