"""Bars, columns and maps: what they draw, how they name it, and what they refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from notoneless.web.charts import WIDTH, Bar, bars, columns
from notoneless.web.map_file import LARGEST, MapFileError, read_map
from notoneless.web.maps import Area, outlines, tiles

BARS = (Bar("云岭镇", 12, "12 人", "/a/"), Bar("石门乡", 3, "3 人", "/b/"), Bar("清水河镇", 0, "0 人"))


def rectangles(svg: str, kind: str = "beam") -> list[dict[str, float]]:
    """The bars as drawn: x, y, width, height."""
    shapes = ElementTree.fromstring(svg).iter("rect")
    found = [shape.attrib for shape in shapes if kind in shape.attrib["class"].split()]
    return [{name: float(at[name]) for name in ("x", "y", "width", "height")} for at in found]


def test_bars_are_as_long_as_their_values_from_zero_and_stand_in_order() -> None:
    long, short, none = rectangles(bars("在办个案", BARS))
    assert long["width"] == pytest.approx(4 * short["width"], rel=0.01)
    assert none["width"] == 0
    assert long["x"] == short["x"] == none["x"]
    assert long["y"] < short["y"] < none["y"]


def test_a_bar_and_its_words_fit_the_drawing() -> None:
    svg = bars("在办个案", (Bar("一个名字很长很长的乡镇", 1, "1234 人", "/a/"),))
    (box,) = rectangles(svg)
    assert box["x"] + box["width"] < WIDTH
    assert box["width"] > 50


def test_the_end_of_the_scale_may_be_given() -> None:
    half, whole = (rectangles(bars("率", (Bar("a", 0.5, "1/2"),), full))[0]["width"] for full in (1, 0.5))
    assert whole == pytest.approx(2 * half, rel=0.01)


def test_columns_stand_on_one_line_from_left_to_right() -> None:
    drawn = rectangles(columns("每周", tuple(Bar(str(n), n, str(n), "/w/") for n in range(10))))
    assert [round(box["y"] + box["height"]) for box in drawn] == [round(drawn[0]["y"])] * 10
    assert [box["x"] for box in drawn] == sorted(box["x"] for box in drawn)
    assert drawn[8]["height"] == pytest.approx(4 * drawn[2]["height"], rel=0.02)
    assert all(box["width"] >= 24 for box in rectangles(columns("每周", BARS), "hit"))


def test_each_bar_is_a_link_with_a_name_and_one_without_a_list_says_its_figure() -> None:
    svg = bars("在办个案", BARS)
    assert re.findall(r'<a href="([^"]+)" aria-label="([^"]+)">', svg) == [
        ("/a/", "云岭镇 12 人"),
        ("/b/", "石门乡 3 人"),
    ]
    assert '<g role="img" aria-label="清水河镇 0 人">' in svg


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    assert rectangles(bars("在办个案", ())) == rectangles(columns("每周", ())) == []


def test_names_are_escaped() -> None:
    svg = bars('"', (Bar("<script>", 1, "&", "/?a=1&b=2"),))
    ElementTree.fromstring(svg)
    assert "<script>" not in svg


# Maps.


def area(code: str, cases: int = 1, children: int = 1000, **spot: Any) -> Area:
    return Area(code, f"{code}镇", cases, children, f"{cases} 人", f"/in/{code}/", **spot)


def corners(svg: str) -> list[tuple[str, str]]:
    return re.findall(r'<rect class="[^"]+" x="([\d.]+)" y="([\d.]+)"', svg)


def test_tiles_lie_where_the_county_put_them_and_the_others_take_a_free_spot() -> None:
    svg = tiles("乡镇", (area("a"), area("b", column=1, row=1), area("c", column=1, row=1), area("d")))
    assert len(set(corners(svg))) == 4
    assert corners(svg)[1] == ("2.0", "2.0")


def test_the_shade_says_cases_for_a_thousand_children_and_the_words_say_it_too() -> None:
    shades = [area("a", cases).shade for cases in (0, 1, 2, 4, 5)]
    assert shades == ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4"]
    assert area("a", 3, 0).shade == "heat-0"
    assert 'aria-label="a镇 3 人"' in tiles("乡镇", (area("a", 3),))


def geojson(*townships: tuple[str, list[Any]]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {"properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for code, ring in townships
        ],
    }


WEST = [[117.0, 26.0], [117.2, 26.0], [117.2, 26.2], [117.0, 26.2], [117.0, 26.0]]
EAST = [[x + 0.2, y] for x, y in WEST]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A map of two townships side by side."""
    path = tmp_path / "map.json"
    path.write_text(json.dumps(geojson(("a", WEST), ("b", EAST))), "utf-8")
    return path


def test_a_countys_outlines_keep_their_places_and_north_is_up(file: Path) -> None:
    shapes = read_map(str(file))
    (ax, ay), (bx, by) = shapes.middles["a"], shapes.middles["b"]
    assert ax < bx
    assert ay == pytest.approx(by)
    # At this latitude a degree of longitude is a tenth shorter than one of latitude.
    assert shapes.height / shapes.width == pytest.approx(0.5 / 0.9, rel=0.02)
    svg = outlines("乡镇", (area("a"), area("c")), shapes)
    assert svg.count("<path") == 1
    north = re.findall(r"M([\d.]+) ([\d.]+)", shapes.paths["a"])[0]
    assert float(north[1]) == pytest.approx(shapes.height, abs=1)  # its first corner is the south-west one


def test_a_map_is_read_again_when_its_file_has_changed(file: Path) -> None:
    assert set(read_map(str(file)).paths) == {"a", "b"}
    file.write_text(json.dumps(geojson(("c", WEST))), "utf-8")
    assert set(read_map(str(file)).paths) == {"c"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", "GeoJSON"),
        ("{", "GeoJSON"),
        (json.dumps(geojson(("a", WEST))).replace("117.0", "NaN"), "GeoJSON"),
        ('{"features": [{"geometry": null}]}', "GeoJSON"),
        ('{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}', "GeoJSON"),
        ('{"features": []}', "行政区划代码"),
        (json.dumps(geojson(("", WEST))), "行政区划代码"),
        (" " * (LARGEST + 1), "简化"),
    ],
)
def test_a_map_that_cannot_be_read_is_named(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "县.json"
    path.write_text(text, "utf-8")
    with pytest.raises(MapFileError, match=says) as refused:
        read_map(str(path))
    assert "县.json" in str(refused.value)


def test_a_map_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match="找不到"):
        read_map(str(tmp_path / "none.json"))
