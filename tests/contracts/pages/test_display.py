import pytest

from contracts.pages.display import compact, names, parties, percent, scaled


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0, "0 %"),
        (1 - (0.7 + 0.2 + 0.1), "0 %"),
        (1 - 1e-12, "100 %"),
        (0.0004, "< 1 %"),
        (0.0049, "< 1 %"),
        (0.006, "1 %"),
        (0.5, "50 %"),
        (0.994, "99 %"),
        (0.9996, "> 99 %"),
        (1, "100 %"),
    ],
)
def test_shares_are_never_rounded_to_none_or_all(share, written):
    assert percent(share) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (0.0018, "< 0.01"),
        (0.36, "0.36"),
        (65.6, "65.60"),
        (950, "950"),
        (950_000, "950 k"),
        (1_234_567.89, "1.2 M"),
    ],
)
def test_small_amounts_are_written_with_cents(value, written):
    assert compact(value) == written


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [(0, 1_000, "0.0"), (30, 1_000, "< 0.1"), (60, 1_000, "0.1"), (0.3, 1, "< 1"), (250_000, 1_000, "250")],
)
def test_small_amounts_in_large_units_are_not_written_as_zero(value, unit, written):
    assert scaled(value, unit) == written


def test_right_to_left_names_stay_on_their_side_of_the_arrow():
    assert parties("وزارة الداخلية", ["شركة الأمل"]) == "\u2068وزارة الداخلية\u2069 → \u2068شركة الأمل\u2069"
    assert parties("Alcaldía de Tula", ["Redes Ñandú S.A."]) == "Alcaldía de Tula → Redes Ñandú S.A."
    assert parties("", ["شركة"]) == "– → \u2068شركة\u2069"


def test_a_direction_mark_in_a_name_affects_only_that_name():
    assert names(["S.A. \u202eocultos\u2069", "Redes"]) == "\u2068S.A. \u202eocultos\u2069; Redes"
