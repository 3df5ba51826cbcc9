"""Pictures: well-formed, escaped, to scale, and of nothing as well."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from contracts.pages.charts.bars import columns, ranked, shares
from contracts.pages.charts.drawing import Bar, fit
from contracts.pages.charts.flows import Flow, flows
from contracts.pages.charts.multiples import multiples
from contracts.pages.charts.points import Dot, points
from contracts.pages.charts.timeline import Span, timeline
from tests.support.pages import HOSTILE

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
    "multiples": lambda text: multiples(text, {text: [Bar(text, 1, text)]}),
    "points": lambda text: points(text, [Dot(-12, -77, 1, text)]),
}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_picture_is_well_formed_and_names_itself_whatever_the_texts(draw, text):
    root = ET.fromstring(draw(text))
    assert root.attrib["role"] == "img"
    assert root.find(f"{SVG}title").text == text
    assert {entry.tag.removeprefix(SVG) for entry in root.iter()} <= {
        "svg",
        "g",
        "title",
        "circle",
        "rect",
        "text",
        "line",
        "path",
    }
    assert not [name for entry in root.iter() for name in entry.attrib if name == "style" or name.startswith("on")]


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
def test_of_nothing_there_is_an_empty_picture(svg):
    assert rectangles(svg) == []


def test_columns_and_bars_are_as_long_as_their_values():
    heights = [float(drawn["height"]) for drawn in rectangles(columns("t", bars(50, 100, 25)))]
    assert heights[0] / heights[1] == pytest.approx(0.5, abs=0.01)
    assert heights[2] / heights[1] == pytest.approx(0.25, abs=0.01)
    widths = [float(drawn["width"]) for drawn in rectangles(ranked("t", bars(100, 10)))]
    assert widths == [400, 40]


def test_what_has_no_date_is_told_apart_without_colour():
    svg = columns("t", [*bars(5), Bar("no date", 3, "3", is_rest=True)])
    first, rest = rectangles(svg)
    assert first["fill"] != rest["fill"]
    assert ">?</text>" in svg
    assert "no date: 3" in svg


def test_shares_of_a_year_fill_its_column_and_are_numbered():
    svg = shares("t", ["2020", "2021"], {"A": [0.25, 0.5], "B": [0.75, 0.5]})
    drawn = [entry for entry in rectangles(svg) if float(entry["width"]) > 20]
    assert [float(entry["height"]) for entry in drawn] == pytest.approx([39, 119, 79, 79])
    assert svg.count(">1</text>") == 3  # in both columns and in the key
    assert "2020, A: 25%" in svg


def test_a_timeline_is_to_scale_and_its_words_stay_inside():
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


def test_bands_are_as_thick_as_what_goes_along_them():
    found = [Flow(("F", "B1", "S"), 30, "30"), Flow(("F", "B2", "S"), 10, "10")]
    widths = sorted(float(entry["stroke-width"]) for entry in rectangles(flows("t", found), "path"))
    assert widths[0] == widths[1]
    assert widths[2] / widths[0] == pytest.approx(3, abs=0.01)


def test_a_long_name_is_cut_with_dots():
    assert fit("Ministerio", 200) == "Ministerio"
    assert fit("Ministerio de Hacienda", 67.2) == "Ministeri…"


def test_points_lie_where_they_are_and_are_as_large_as_their_values():
    svg = points("Map", [Dot(-10, -70, 4, "small"), Dot(10, -80, 16, "large")])
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
    assert len(rectangles(points("Map", [Dot(4.6, -74.1, 1, "one")]), "circle")) == 1
    assert rectangles(points("Map", []), "circle") == []


def test_rows_of_columns_have_one_scale():
    svg = multiples("t", {"A": bars(0, 5), "B": bars(10, 2.5)})
    heights = [float(entry["height"]) for entry in rectangles(svg)]
    assert heights == [31.0, 62.0, 15.5]
    assert svg.count(">2018<") == 1
    assert multiples("t", {})
