"""A county's own map: a GeoJSON file of its townships, laid flat once and kept as SVG paths.

Only approved maps may be shown in public, so a file counts only together with its approval number (审图号),
which stands below the map.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any, NamedTuple

WIDTH = 360
LARGEST = 4_000_000  # bytes; a county's townships take some hundred thousand
CODES = ("code", "adcode", "行政区划代码")

Point = tuple[float, float]


class MapFileError(ValueError):
    """A map file that cannot be shown; the message says what is wrong and what would be right."""


class Outlines:
    """Townships laid flat: by code, a path, and the spot for its name."""

    def __init__(
        self, width: int, height: int, paths: Mapping[str, str], middles: Mapping[str, Point]
    ) -> None:
        self.width, self.height, self.paths, self.middles = width, height, paths, middles


class _Township(NamedTuple):
    code: str
    rings: list[list[Point]]


def read_map(file: str) -> Outlines:
    """The outlines in the file, read again when it has changed. Raises MapFileError."""
    path = Path(file)
    try:
        stat = path.stat()
    except OSError as error:
        raise MapFileError(f"找不到地图文件 {path.name}；请检查 NOTONELESS_MAP_FILE。") from error
    if stat.st_size > LARGEST:
        raise MapFileError(f"地图文件 {path.name} 超过 {LARGEST // 1_000_000} MB；请先简化边界。")
    return _read(path, stat.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Outlines:
    try:
        townships = list(_townships(json.loads(path.read_text("utf-8"), parse_constant=_no_number)))
    except (UnicodeDecodeError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise MapFileError(
            f"地图文件 {path.name} 不是 GeoJSON 的 FeatureCollection，或有边界不是 Polygon、MultiPolygon。"
        ) from error
    if not townships:
        raise MapFileError(f"地图文件 {path.name} 里没有带 code（行政区划代码）的乡镇边界。")
    return _laid_flat(townships)


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no coordinate")


def _townships(read: Any) -> Iterator[_Township]:
    for feature in read["features"]:
        properties = feature.get("properties") or {}
        code = next((str(properties[name]) for name in CODES if properties.get(name)), "")
        shape = feature["geometry"]
        polygons = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}[shape["type"]]
        rings = [[(float(p[0]), float(p[1])) for p in ring] for polygon in polygons for ring in polygon]
        if code and rings:
            yield _Township(code, rings)


def _laid_flat(townships: list[_Township]) -> Outlines:
    """Degrees to the units of the drawing; over one county a degree of longitude is shortened evenly."""
    points = [point for township in townships for ring in township.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    shortened = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * shortened, (north - south) * 0.75, 1e-9)

    def flat(point: Point) -> Point:
        return round((point[0] - west) * shortened * scale, 1), round((north - point[1]) * scale, 1)

    drawn = {t.code: [[flat(point) for point in ring] for ring in t.rings] for t in townships}
    return Outlines(
        round((east - west) * shortened * scale) or 1,
        round((north - south) * scale) or 1,
        {code: "".join(_path(ring) for ring in rings) for code, rings in drawn.items()},
        {code: _middle(max(rings, key=_area)) for code, rings in drawn.items()},
    )


def _path(ring: Iterable[Point]) -> str:
    """A closed line; points that fall together in the drawing are drawn once."""
    kept = list(dict.fromkeys(ring))
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _middle(ring: list[Point]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
