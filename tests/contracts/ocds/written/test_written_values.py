"""Facts as people write them: what is understood, what is refused because it may mean two things."""

from decimal import Decimal

import pytest

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.codelists.currencies import UnclearCurrencyError, read_currency
from contracts.ocds.problems import RefusedError
from contracts.ocds.written.amounts import Amount, UnclearAmountError, decimal_mark_of, read_amount
from contracts.ocds.written.days import UnclearDateError, is_month_first, lack_of, read_date
from contracts.ocds.written.simple import read_simple
from contracts.ocds.written.written_values import Notation, read_method


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "number", "currency"),
        [
            ("1.234.567,89", "1234567.89", ""),
            ("1,234,567.89", "1234567.89", ""),
            ("1 234 567,89", "1234567.89", ""),
            ("1\u00a0234\u202f567,89", "1234567.89", ""),
            ("36´949,077.48", "36949077.48", ""),
            ("1'234'567", "1234567", ""),
            ("12,5", "12.5", ""),
            ("0.125", "0.125", ""),
            ("1250.500", "1250.500", ""),
            ("-5,00", "-5.00", ""),
            ("BOB 12.000.-", "12000", "BOB"),
            ("12.000,- bolivianos", "12000", "BOB"),
            ("12.50.-", "12.50", ""),
            ("USD 2.5 millones", "2500000", "USD"),
            ("2,5 mil millones de pesos colombianos", "2500000000", "COP"),
            ("3 milhões de reais", "3000000", "BRL"),
            ("R$ 1.250,50", "1250.50", "BRL"),
            ("S/ 1,250.50", "1250.50", "PEN"),
            ("S/. 100", "100", "PEN"),
            ("B/. 3,000.00", "3000.00", "PAB"),
            ("Gs. 15.000.000", "15000000", "PYG"),
            ("Kz 1.250.000.000,00", "1250000000.00", "AOA"),
            ("12.500.000,00 MT", "12500000.00", "MZN"),
            ("20 milhões de kwanzas", "20000000", "AOA"),
            ("₦ 5,000,000.00", "5000000.00", "NGN"),
            ("$ 100 MXN", "100", "MXN"),
            ("1.000.000 US$", "1000000", "USD"),
            ("S/ 2.5 MM", "2500000", "PEN"),
            ("R$ 12,3 mi", "12300000", "BRL"),
            ("US$ 950K", "950000", "USD"),
            ("30 mdd", "30000000", "USD"),
            ("Q 2,345,678.90*", "2345678.90", "GTQ"),
            ("Bs 1.250.000,00 (Un millón doscientos cincuenta mil 00/100 bolivianos)", "1250000", "BOB"),
            ("R$ 4.500.000,00 (quatro milhões e quinhentos mil reais).", "4500000", "BRL"),
            ("1.234,89 (mil, duzentos e trinta e quatro reais e oitenta e nove centavos)", "1234.89", "BRL"),
            ("R$ 1.000,00 (hum mil reais)", "1000", "BRL"),
            ("R$ 4,5 milhões (quatro milhões e quinhentos mil reais)", "4500000", "BRL"),
            ("quatro milhões e quinhentos mil reais", "4500000", "BRL"),
            ("um bilhão e duzentos milhões de reais", "1200000000", "BRL"),
            ("mil doscientos soles con diez céntimos", "1200.10", "PEN"),
            ("Dos mil millones de quetzales", "2000000000", "GTQ"),
            ("two hundred thousand five hundred US dollars", "200500", "USD"),
            ("fifteen hundred US dollars", "1500", "USD"),
            ("41.000.000,50 (CUARENTA Y UN MILLONES CON 50/100 LEMPIRAS)", "41000000.50", "HNL"),
            ("$36,949.08 (TREINTA Y SEIS MIL NOVECIENTOS CUARENTA Y NUEVE PESOS 08/100 MXN)", "36949.08", "MXN"),
            ("S/ 1,250.00 (Son: un mil doscientos cincuenta y 00/100 soles)", "1250", "PEN"),
            ("US$ 100 (cem dólares dos Estados Unidos da América)", "100", "USD"),
            ("US$ 2,10 (dois dólares norte-americanos e dez centavos)", "2.10", "USD"),
            ("R$ 1.250,50 (mil duzentos e cinquenta reais e cinquenta centavos.)", "1250.50", "BRL"),
            ("Gs. 378.226 (trescientos setenta y ocho mil doscientos veintiséis)", "378226", "PYG"),
            ("EUR 3.000,00 + IVA", "3000.00", "EUR"),
            ("69.151,00 € sense iva", "69151.00", "EUR"),
            ("BOB 12.000,00 (IVA incluido)", "12000.00", "BOB"),
            ("S/ 1,250.50 inc. IGV", "1250.50", "PEN"),
            ("R$ 5.000,00 (com impostos)", "5000.00", "BRL"),
            ("2.5 millones de soles, no incluye impuestos de ley", "2500000", "PEN"),
            ("USD 40 no incluye el IVA", "40", "USD"),
            ("G$45 million", "45000000", "GYD"),
            ("BZ$ 1,250,000.50", "1250000.50", "BZD"),
            ("3.5 million Trinidad and Tobago dollars", "3500000", "TTD"),
        ],
    )
    def test_what_is_understood(self, text, number, currency):
        read = read_amount(text)
        assert (read.number, read.currency) == (Decimal(number), currency)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "ten",
            "1.23.4",
            "1,2,3",
            "100 USD EUR",
            "5 %",
            "12 de",
            "1" * 100,
            "1e9",
            "5 (al mes)",
            "dois três reais",
            "mil mil reais",
            "two hundred three hundred US dollars",
            "dez milhões de bilhões de reais",
            "dez reais e cento e dez centavos",
            "10,00 (dez dólares) reais",
            "R$ 10,00 (dez dólares)",
            "1.250,00 (em milhões)",
            "reais (dez)",
            "um ou dois reais",
            "dez reais e dois três centavos",
            "dez reais e centavos",
            "1.234.-5",
            "R$ 5.000,00 mensais",
            "S/ 100 + 10 IGV",
            "IVA incluido",
            "EUR 50 Iván",
        ],
    )
    def test_what_is_none(self, text):
        assert read_amount(text) is None

    def test_nothing_behind_a_long_amount_in_words_is_left_out(self):
        words = "1.000,00 (" + "UN MIL " * 23 + "00/100 BOLIVIANOS)"
        assert read_amount(words) == Amount(Decimal(1000), "BOB")
        assert read_amount(f"{words:201} MAS 5.000,00 EUR") is None

    @pytest.mark.parametrize(
        "text", ["1.234", "999,000", "USD 2.500 millones", "-1.234.-", "Bs.- 1.234", "1.234 Bs.-"]
    )
    def test_three_digits_after_one_mark_may_be_two_numbers(self, text):
        with pytest.raises(UnclearAmountError) as unclear:
            read_amount(text)
        assert len(unclear.value.readings) == 2

    @pytest.mark.parametrize(
        "text",
        [
            "R$ 45.000,00 (quatro mil reais)",
            "S/ 1,250.00 (doce mil quinientos soles)",
            "S/ 45,000.00 (Cuatro mil con 00/100 soles)",
            "Bs 1.250,50 (Un mil doscientos cincuenta 00/100 bolivianos)",
        ],
    )
    def test_words_that_say_another_number_than_the_digits_leave_it_unclear(self, text):
        with pytest.raises(UnclearAmountError) as unclear:
            read_amount(text)
        assert len(unclear.value.readings) == 2

    def test_a_dash_for_the_cents_says_more_than_the_mark_of_the_column(self):
        assert read_amount("12,000.-", decimal_mark=",").number == 12_000
        assert read_amount("12.000,-", decimal_mark=".").number == 12_000

    def test_a_final_zero_of_millions_is_not_a_decimal_though_the_column_has_another_mark(self):
        with pytest.raises(UnclearAmountError):
            read_amount("USD 1.500 millones", decimal_mark=".")
        assert read_amount("USD 1.250 millones", decimal_mark=",").number == 1_250_000_000
        assert read_amount("USD 1.255 millones", decimal_mark=".").number == 1_255_000
        assert read_amount("250 mdp", country="MX") == Amount(Decimal(250_000_000), "MXN")
        assert read_amount("US$ 5M") is None

    def test_a_sign_of_several_currencies_is_left_out_where_none_is_needed(self):
        assert read_amount("$ 5", needs_currency=False) == Amount(Decimal(5))

    def test_they_are_one_where_the_mark_is_known(self):
        assert read_amount("1.234", decimal_mark=",") == Amount(Decimal(1234))
        assert read_amount("1.234", decimal_mark=".") == Amount(Decimal("1.234"))
        assert read_amount("1.234,5", decimal_mark=".") is None

    def test_the_country_tells_whose_sign_it_is(self):
        assert read_amount("$ 5", country="MX").currency == "MXN"
        assert read_amount("$700,000.00 (Setecientos mil pesos 00/100 M.N)", country="MX").currency == "MXN"
        assert read_amount("RS 140.000,00", country="BR").currency == "BRL"
        with pytest.raises(UnclearCurrencyError):
            read_amount("$ 5")

    @pytest.mark.parametrize(
        ("texts", "mark"),
        [
            (["1.234", "12,50"], ","),
            (["1.234", "5.000.000"], ","),
            (["1.234", "12.5"], "."),
            (["1.234", "7"], ""),
            (["1,5", "1.5"], ""),
        ],
    )
    def test_a_column_shows_its_mark(self, texts, mark):
        assert decimal_mark_of(texts) == mark


class TestDates:
    @pytest.mark.parametrize(
        ("text", "iso"),
        [
            ("31/12/2023", "2023-12-31"),
            ("12/31/2023", "2023-12-31"),
            ("3.4.2024", "2024-04-03"),
            ("31/12/23", "2023-12-31"),
            ("3/2/24", "2024-02-03"),
            ("2024/3/1", "2024-03-01"),
            ("31 de diciembre de 2023", "2023-12-31"),
            ("1.º de março de 2024", "2024-03-01"),
            ("31 DIC 2023", "2023-12-31"),
            ("31-dic-2023", "2023-12-31"),
            ("31-dic-23", "2023-12-31"),  # as Excel in Spanish and Portuguese writes it
            ("5/fev/24", "2024-02-05"),
            ("15 mar. 23", "2023-03-15"),
            ("31/dez/2023", "2023-12-31"),
            ("5.mar.2024", "2024-03-05"),
            ("March 5, 2024", "2024-03-05"),
            ("Junio 7 de 2024", "2024-06-07"),
            ("2024-03-01", "2024-03-01"),
            ("2012-07-30 00:00:00 GMT", "2012-07-30T00:00:00Z"),
            ("11-01-2021 03:51 PM", "2021-01-11T15:51:00"),
            ("11-01-2021 12:10 a. m.", "2021-01-11T00:10:00"),
            ("15/01/2026, às 14:08", "2026-01-15T14:08:00"),
            ("16/04/2026 às 9h05min", "2026-04-16T09:05:00"),
            ("2024.08.27 16:21:21 -03'00'", "2024-08-27"),
            ("12AGO2024", "2024-08-12"),
            ("aos 27 dias do mês de Março de 2025", "2025-03-27"),
            ("Aos vinte e oito dias do mês de março de dois mil e vinte e seis", "2026-03-28"),
            ("a los quince días del mes de marzo de dos mil veinte", "2020-03-15"),
            ("a los quince (15) días del mes de marzo del año dos mil veinte (2020)", "2020-03-15"),
            ("primero de marzo de 2024", "2024-03-01"),
            ("Cuiabá-MT 02 de outubro de 2025", "2025-10-02"),
            ("Mar del Plata, martes 5 de marzo de 2024", "2024-03-05"),
            ("20230512", "2023-05-12"),
            ("20230512093000", "2023-05-12T09:30:00"),
            ("22/5/ 2019", "2019-05-22"),
            ("22 /5/2019", "2019-05-22"),
        ],
    )
    def test_what_is_understood(self, text, iso):
        assert read_date(text) == iso

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "soon",
            "31-12-23",
            "05/06/03",
            "31/12/98",
            "31/12/2",
            "2024-02-30",
            "32/01/2024",
            "x" * 100,
            "15 y 16 de marzo de 2020",
            "quince y dieciséis de marzo de 2020",
            "quince (16) de marzo de 2020",
            "un mes después del 15 de marzo de 2021",
            "2 de mayo de 2024 al 5 de junio de 2024",
            "quince de marzo de veinte",
            "31 de febrero de dos mil veinte",
            "Ley que rige todo lo que se compra, 15 de marzo de 2024",
            f"15 de marzo de {' ' * 120}2024",
            "15 de marzo de 99999999999",
            "99999999999 de marzo de 2024",
            "quince de marzo de dos mil billones",
            "Cuota 3, marzo 2024",
            "Q1 marzo 2024",
            "Semana 2 de marzo de 2024",
            "enero a 31 de diciembre de 2024",
            "marzo 1 - abril 2024",
        ],
    )
    def test_what_is_none(self, text):
        assert read_date(text) is None

    def test_where_the_order_is_not_known_two_days_are_no_day(self):
        with pytest.raises(UnclearDateError) as unclear:
            read_date("03/04/2024", month_first=None)
        assert unclear.value.readings == ("2024-04-03", "2024-03-04")
        assert read_date("03/03/2024", month_first=None) == "2024-03-03"
        assert read_date("03/04/2024", month_first=True) == "2024-03-04"

    @pytest.mark.parametrize("text", ["31/12/98", "31-12-23", "31-dic-98", "15-mar-03", "03.04.24"])
    def test_a_year_of_two_digits_is_one_however_the_month_is_written(self, text):
        assert lack_of(text) == "_year"
        assert read_date(text) is None

    @pytest.mark.parametrize("text", ["marzo 2024", "octubre de 2021", "fev/2024", "12/2024", "2024-05", "2023"])
    def test_a_month_or_a_year_alone_names_no_day(self, text):
        assert lack_of(text) == "_day"
        assert read_date(text) is None

    @pytest.mark.parametrize("text", ["soon", "lote 2024", "2024-02-30", "1234", "x" * 100])
    def test_what_is_not_a_date_at_all_lacks_nothing(self, text):
        assert lack_of(text) == ""

    def test_a_column_shows_its_order(self):
        assert is_month_first(["01/02/2024", "02/28/2024"]) is True
        assert is_month_first(["01/02/2024", "28/02/2024"]) is False
        assert is_month_first(["28/02/2024", "02/28/2024", "soon"]) is None


def test_currencies_countries_and_methods_as_they_are_named():
    assert [read_currency(text) for text in ("pen", "S/", "nuevos soles", "R$", "US$")] == [
        "PEN",
        "PEN",
        "PEN",
        "BRL",
        "USD",
    ]
    assert read_currency("pesos", "CO") == "COP"
    assert read_currency("MNX") == ""
    assert [country_code(name) for name in ("Perú", "REPÚBLICA DEL PERÚ", "PER", "Brasil")] == ["PE", "PE", "PE", "BR"]
    assert [
        country_code(name) for name in ("Moçambique", "Bélgica", "Emiratos Árabes Unidos", "Turquia", "EE.UU.")
    ] == [
        *("MZ", "BE", "AE", "TR", "US"),
    ]
    # In Spain and Nicaragua it is no country.
    assert country_code("Granada") == ""
    assert read_method("Licitación Pública Nacional") == "open"
    assert read_method("INVITACIÓN A CUANDO MENOS TRES PERSONAS") == "limited"
    assert read_method("Contratación directa por exclusividad") == "direct"
    assert read_method("Contratación directa", "PY") == ""
    assert read_method("Directorio") == ""
    assert [read_method(code, "BO") for code in ("LP", "ANPE", "CD", "EX")] == ["open", "open", "direct", "direct"]
    assert read_method("LP") == ""


LOOSE = {
    "title": "Cámaras",
    "buyer": {"name": "Municipalidad", "country": "Perú"},
    "supplier": "ACME",
    "value": "S/ 1.234.567,89",
    "date_signed": "31/12/2023",
    "method": "Adjudicación directa",
}


def test_a_contract_as_a_person_writes_it_is_read_and_echoed():
    read = read_simple(LOOSE)
    award = read.release["awards"][0]
    assert award["value"] == {"amount": Decimal("1234567.89"), "currency": "PEN"}
    assert award["date"] == "2023-12-31"
    assert read.release["tender"]["procurementMethod"] == "direct"
    assert read.release["tender"]["procurementMethodDetails"] == "Adjudicación directa"
    assert {entry.pointer: (entry.found, entry.used) for entry in read.understood} == {
        "/value": ("S/ 1.234.567,89", "1234567.89 PEN"),
        "/date_signed": ("31/12/2023", "2023-12-31"),
        "/method": ("Adjudicación directa", "direct"),
        "/buyer/country": ("Perú", "PE"),
    }


def test_a_contract_in_plain_form_has_nothing_to_confirm():
    plain = {"title": "x", "value": 5, "currency": "PEN", "date": "2024-03-01", "country": "PE", "method": "open"}
    assert read_simple(plain).understood == ()


def test_the_sign_is_that_of_the_contract_s_country():
    pesos = LOOSE | {"country": "MX", "value": "$1,500.25"}
    assert read_simple(pesos).release["awards"][0]["value"]["currency"] == "MXN"


def test_the_notation_of_the_column_decides():
    release = read_simple(LOOSE | {"value": "1.234"}, notations={"value": Notation(",")}).release
    assert release["awards"][0]["value"] == {"amount": Decimal(1234)}
    with pytest.raises(RefusedError):
        read_simple(LOOSE | {"value": "1.234"})
