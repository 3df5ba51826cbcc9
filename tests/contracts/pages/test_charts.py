"""Pictures: well-formed, escaped, to scale, and of nothing as well."""

import re
from datetime import date
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from contracts.pages.charts.bars import Range, columns, intervals, ranked, shares
from contracts.pages.charts.drawing import Bar, fit
from contracts.pages.charts.flows import Flow, flows
from contracts.pages.charts.grid import grid
from contracts.pages.charts.multiples import multiples
from contracts.pages.charts.points import Dot, points
from contracts.pages.charts.standalone import standalone
from contracts.pages.charts.timeline import Span, timeline
from tests.support.pages import HOSTILE

COMPASS = ("N", "S", "E", "W")
SVG = "{http://www.w3.org/2000/svg}"


def bars(*values):
    return [Bar(str(2018 + number), value, str(value)) for number, value in enumerate(values)]


def rectangles(svg, tag="rect"):
    return [entry.attrib for entry in ET.fromstring(svg).iter(SVG + tag)]


PICTURES = {
    "columns": lambda text: columns(text, [Bar(text, 1, text)]),
    "ranked": lambda text: ranked(text, [Bar(text, 1, text)]),
    "shares": lambda text: shares(text, [text], {text: [1.0]}),
    "timeline": lambda text: timeline(text, [Span(text, date(2020, 1, 1), text)]),
    "flows": lambda text: flows(text, [Flow((text, text + "b", text + "c"), 1, text)]),
    "multiples": lambda text: multiples(text, [(text, [Bar(text, 1, text)])]),
    "points": lambda text: points(text, [Dot(-12, -77, 1, text, text)], COMPASS),
    "grid": lambda text: grid(text, [text], [(text, [0])], [text]),
    "alone": lambda text: standalone(columns(text, []), text, text, text),
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_well_formed_and_titled_for_any_text(draw, text):
    root = ET.fromstring(draw(text))
    assert root.attrib["role"] == "img"
    assert root.find(f"{SVG}title").text == text
    assert {entry.tag.removeprefix(SVG) for entry in root.iter()} <= {
        "svg",
        "g",
        "title",
        "desc",
        "circle",
        "rect",
        "text",
        "line",
        "path",
    }
    assert not [name for entry in root.iter() for name in entry.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_characters_that_xml_does_not_allow_are_removed(draw):
    unheld = "".join(map(chr, (*range(1, 9), 0x0B, 0x0C, *range(0x0E, 0x20), 0xD800, 0xFFFE, 0xFFFF)))
    assert ET.fromstring(draw(f"Cámaras{unheld}")).find(f"{SVG}title").text == "Cámaras"


@pytest.mark.parametrize(
    "svg",
    [
        columns("t", []),
        ranked("t", []),
        shares("t", [], {}),
        timeline("t", []),
        flows("t", []),
        columns("t", bars(0, 0)),
    ],
)
def test_a_picture_of_no_values_is_empty(svg):
    assert rectangles(svg) == []


def test_columns_and_bars_are_as_long_as_their_values():
    heights = [float(drawn["height"]) for drawn in rectangles(columns("t", bars(50, 100, 25)))]
    assert heights[0] / heights[1] == pytest.approx(0.5, abs=0.01)
    assert heights[2] / heights[1] == pytest.approx(0.25, abs=0.01)
    widths = [float(drawn["width"]) for drawn in rectangles(ranked("t", bars(100, 10)))]
    assert widths == [400, 40]


def test_known_zeros_are_shown_and_unknown_values_are_left_out():
    svg = columns("t", [Bar("2018", 0, "0 %"), Bar("2019", 0.5, "50 %"), Bar("2020", 0, "")])
    texts = [entry.text for entry in ET.fromstring(svg).iter(f"{SVG}text")]
    assert texts == ["2018", "0 %", "2019", "50 %", "2020"]


def test_a_grid_has_a_cell_for_each_known_level():
    svg = grid("t", ["A", "B"], [("R1", [0, None]), ("R2", [2, 0])], ["most", "some", "none"])
    most, some, none = (entry["d"].count("M") for entry in rectangles(svg, "path"))
    assert (most, some, none) == (2, 0, 1)


def test_a_standalone_picture_contains_its_wrapped_caption():
    caption = " ".join(["of 530 contracts 412 have a value"] * 9)
    root = ET.fromstring(standalone(columns("t", bars(1)), "A title " * 12, caption, "Veedor · https://v.example/#x"))
    lines = [entry.text for entry in root.findall(f"{SVG}text")]
    assert " ".join(lines) == f"{'A title ' * 12}{caption} Veedor · https://v.example/#x"
    assert max(map(len, lines)) * 12 * 0.56 <= float(root.attrib["width"])
    height = float(root.attrib["height"])
    assert all(float(entry.attrib["y"]) < height for entry in root.findall(f"{SVG}text"))


def test_names_on_a_map_do_not_overlap():
    svg = points("t", [Dot(0, 0, 9, "first", "9"), Dot(0, 0.01, 1, "second", "1")], COMPASS)
    assert (">first<" in svg, ">second<" in svg) == (True, False)
    assert "second: 1" in svg


def test_undated_values_are_distinguishable_without_colour():
    svg = columns("t", [*bars(5), Bar("no date", 3, "3", is_rest=True)])
    first, rest = rectangles(svg)
    assert first["fill"] != rest["fill"]
    assert ">?</text>" in svg
    assert "no date: 3" in svg


def test_a_year_with_few_values_is_pale_and_labelled():
    svg = columns("t", [*bars(5), Bar("2013", 3, "3", is_pale=True)])
    first, pale = rectangles(svg)
    assert first["fill"] != pale["fill"]
    assert ">2013</text>" in svg
    assert ">?</text>" not in svg


def test_shares_of_a_year_fill_its_column_and_have_numbers():
    svg = shares("t", ["2020", "2021"], {"A": [0.25, 0.5], "B": [0.75, 0.5]})
    drawn = [entry for entry in rectangles(svg) if float(entry["width"]) > 20]
    assert [float(entry["height"]) for entry in drawn] == pytest.approx([39, 119, 79, 79])
    assert svg.count(">1</text>") == 3  # in both columns and in the key
    assert "2020, A: 25%" in svg


def test_a_timeline_is_to_scale_and_its_texts_fit():
    spans = [
        Span("Bids", date(2020, 1, 1), "1 Jan – 31 Dec 2020", date(2020, 12, 31)),
        Span("Signature", date(2021, 12, 31), "31 Dec 2021"),
    ]
    svg = timeline("t", spans)
    period, moment = rectangles(svg)
    assert float(period["width"]) == pytest.approx((720 - 198) / 2, abs=1)
    assert float(moment["x"]) + float(moment["width"]) <= 720
    ends = [entry for entry in rectangles(svg, "text") if entry["text-anchor"] == "end"]
    assert len(ends) == 1  # no room after the last day


def test_year_labels_of_a_long_timeline_do_not_overlap():
    svg = timeline("t", [Span("Term", date(2012, 3, 1), "2012 – 2099", date(2099, 12, 31))])
    years = [entry for entry in ET.fromstring(svg).iter(f"{SVG}text") if re.fullmatch(r"20\d\d", entry.text)]
    places = [float(entry.get("x")) for entry in years]
    assert len(years) > 3
    assert min(after - before for before, after in pairwise(places)) > 40


def test_bands_are_as_thick_as_their_amounts():
    found = [Flow(("F", "B1", "S"), 30, "30"), Flow(("F", "B2", "S"), 10, "10")]
    widths = sorted(float(entry["stroke-width"]) for entry in rectangles(flows("t", found), "path"))
    assert widths[0] == widths[1]
    assert widths[2] / widths[0] == pytest.approx(3, abs=0.01)


def test_a_long_name_is_cut_with_dots():
    assert fit("Ministerio", 200) == "Ministerio"
    assert fit("Ministerio de Hacienda", 70) == "Ministeri…"
    assert fit("Municipio de Prueba (XX-EJ:123)", 150) == "Municipio…XX-EJ:123)", (
        "namesakes are told apart by their keys"
    )
    assert len(fit("11222333000181", 80)) < len(fit("ministerio de hacienda", 80)), "so are digits"
    assert len(fit("MINISTERIO DE HACIENDA", 100)) < len(fit("ministerio de hacienda", 100)), "capitals are wider"


def over_years(number):
    return [Bar(str(2001 + place), 1, "12.345") for place in range(number)]


OVER_YEARS = {
    "columns": lambda number: columns("t", over_years(number)),
    "shares": lambda number: shares("t", [bar.label for bar in over_years(number)], {}),
    "multiples": lambda number: multiples("t", [("A", over_years(number))]),
}


@pytest.mark.parametrize("number", [7, 12, 24, 45, 90])
@pytest.mark.parametrize("draw", OVER_YEARS.values(), ids=OVER_YEARS)
def test_labels_of_many_years_do_not_touch_and_values_are_never_cut(draw, number):
    svg = draw(number)
    texts = rectangles(svg, "text")
    written = [entry.text for entry in ET.fromstring(svg).iter(f"{SVG}text")]
    years = {text: float(at["x"]) for text, at in zip(written, texts, strict=True) if text.startswith("20")}
    assert {len(text) for text in years} == {4}
    assert list(years)[-1] == str(2000 + number)
    places = [13, *years.values(), float(ET.fromstring(svg).attrib["width"]) - 13]  # half a year from either edge
    assert places == sorted(places)
    assert all(next_one - one > 27 for one, next_one in pairwise(years.values()))
    assert {*written} - {*years} <= {"12.345", "A"}


@pytest.mark.parametrize("draw", [columns, lambda title, bars: multiples(title, [("A", bars)])], ids=["one", "many"])
def test_the_largest_values_are_labelled_first(draw):
    """The tallest column had no number where the noughts around it had theirs."""
    values = [88_888] + [0] * 20 + [7, 12, 13_456, 11] + [0] * 20
    svg = draw("t", [Bar("", value, f"{value:,}") for value in values])
    written = [
        (float(at["x"]), entry.text)
        for at, entry in zip(rectangles(svg, "text"), ET.fromstring(svg).iter(f"{SVG}text"), strict=True)
        if entry.text and at["text-anchor"] == "middle"
    ]
    assert "13,456" in [text for _x, text in written]
    assert "88,888" not in [text for _x, text in written], "over the edge it would be cut"
    assert all(to - x >= 3.4 * len(text + other) for (x, text), (to, other) in pairwise(written))


@pytest.mark.parametrize(("number", "last"), [(12, "2012"), (45, "2041")])
def test_the_label_of_undated_values_does_not_touch_the_last_year(number, last):
    svg = columns("t", [*over_years(number), Bar("no date", 1, "1", is_rest=True)])
    written = [entry.text for entry in ET.fromstring(svg).iter(f"{SVG}text")]
    assert "?" in written
    assert [text for text in written if text.startswith("20")][-1] == last


def test_points_have_their_position_and_a_size_by_value():
    svg = points("Map", [Dot(-10, -70, 4, "small", "4"), Dot(10, -80, 16, "large", "16")], COMPASS)
    assert ">small<" in svg
    large, small = rectangles(svg, "circle")
    assert float(large["cx"]) < float(small["cx"])
    assert float(large["cy"]) < float(small["cy"])
    assert float(large["r"]) == 2 * float(small["r"])
    east = (float(small["cx"]) - float(large["cx"])) / 10
    south = (float(small["cy"]) - float(large["cy"])) / 20
    assert east == pytest.approx(south, rel=0.01)
    assert "10°S" in svg
    assert "80°W" in svg
    assert "0°<" in svg


def test_a_map_of_one_point_or_none_is_drawn():
    assert len(rectangles(points("Map", [Dot(4.6, -74.1, 1, "one", "1")], COMPASS), "circle")) == 1
    assert rectangles(points("Map", [], COMPASS), "circle") == []


def test_small_multiples_have_one_scale():
    svg = multiples("t", [("A", bars(0, 5)), ("B", bars(10, 2.5))])
    heights = [float(entry["height"]) for entry in rectangles(svg)]
    assert heights == [31.0, 62.0, 15.5]
    assert svg.count(">2018<") == 1
    assert multiples("t", [])


def test_a_share_is_written_with_its_interval_and_number():
    """Of "100 % (70–100 %), n…" nobody could tell how many were counted."""
    written = "100 % (100–100 %), n = 12345"
    assert f">{written}</text>" in intervals("Precision", [Range("T01", 1.0, 1.0, 1.0, written)])
