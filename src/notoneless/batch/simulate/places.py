"""The county's tree: townships, villages, schools and their classes."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from notoneless.batch.simulate.county import ClassMade, PlaceMade
from notoneless.batch.simulate.names import SCHOOL_STEMS
from notoneless.core.terms import PlaceKind

# Each school has one pack and the county none of its own, or the story's people would answer to both.
SCHOOL_PACKS = ("seeds/shanshu-2014", "seeds/xxx-township")  # of the first schools
OTHERS_PACK = "fujian/jianning-2024"
PRIMARY, JUNIOR = range(1, 7), range(7, 10)
SCHOOLS_A_TOWNSHIP = 6
NUMERALS = "一二三四五六七八九"
STORY_SCHOOL, STORY_GRADE, STORY_CLASS = "云岭完小", 3, "三年级2班"


class BadSize(ValueError):
    """A county that cannot be made; the message says what would be right."""


class Tree(NamedTuple):
    """Places and classes, and how many pupils each class has."""

    places: tuple[PlaceMade, ...]
    classes: tuple[ClassMade, ...]
    sizes: tuple[int, ...]


def grow(*, schools: int, pupils: int, class_size: int, school_year: int) -> Tree:
    """A county of so many schools; every fourth teaches grades 7–9, the others 1–6. Raises BadSize."""
    if not 1 <= schools <= len(SCHOOL_STEMS) or pupils < 20 * schools or not 5 <= class_size <= 80:
        raise BadSize(
            f"学校应为 1–{len(SCHOOL_STEMS)} 所，平均每校至少 20 名学生，每班 5–80 人；"
            f"现在是 {schools} 所、{pupils} 人、每班 {class_size} 人。"
        )
    places = [PlaceMade(0, PlaceKind.COUNTY, "示范县", "000000", None)]
    school_nos = [_add_school(places, order) for order in range(schools)]
    classes: list[ClassMade] = []
    sizes: list[int] = []
    for order, school in enumerate(school_nos):
        for grade, size in _by_grade(order, schools, pupils):
            for number, here in enumerate(_split(size, _parts(order, grade, size, class_size)), start=1):
                name = f"{NUMERALS[grade - 1]}年级{number}班"
                year = f"{school_year}-{school_year + 1}"
                classes.append(ClassMade(len(classes), school, grade, name, year))
                sizes.append(here)
    return Tree(tuple(places), tuple(classes), tuple(sizes))


def _parts(order: int, grade: int, size: int, class_size: int) -> int:
    """How many classes a grade is taught in; the story's class has another one beside it."""
    return max(ceil(size / class_size), 2 if (order, grade) == (0, STORY_GRADE) else 0)


def _add_school(places: list[PlaceMade], order: int) -> int:
    """Adds a school with its village, and its township when that is not there yet; gives its number."""
    stem, township = SCHOOL_STEMS[order], order // SCHOOLS_A_TOWNSHIP
    if order % SCHOOLS_A_TOWNSHIP == 0:
        kind = "镇" if township % 2 == 0 else "乡"
        _add(places, PlaceKind.TOWNSHIP, stem + kind, f"0000{township + 1:02d}", 0)
    township_no = max(p.no for p in places if p.kind is PlaceKind.TOWNSHIP)
    village = _add(
        places, PlaceKind.VILLAGE, f"{stem}村", f"0000{township + 1:02d}{order + 1:03d}", township_no
    )
    name = stem + ("初级中学" if _is_junior(order) else "完小")
    pack = SCHOOL_PACKS[order] if order < len(SCHOOL_PACKS) else OTHERS_PACK
    return _add(places, PlaceKind.SCHOOL, name, f"000000{order + 1:04d}", village, pack)


def _add(places: list[PlaceMade], kind: PlaceKind, name: str, code: str, parent: int, pack: str = "") -> int:
    places.append(PlaceMade(len(places), kind, name, code, parent, pack))
    return len(places) - 1


def _is_junior(order: int) -> bool:
    """The second school, the sixth, and so on."""
    return order % 4 == 1


def _by_grade(order: int, schools: int, pupils: int) -> list[tuple[int, int]]:
    """The grades of a school, each with its share of the county's pupils of that grade."""
    peers = [o for o in range(schools) if _is_junior(o) == _is_junior(order)]
    all_grades = len(PRIMARY) + (len(JUNIOR) if schools > 1 else 0)
    of_kind = JUNIOR if _is_junior(order) else PRIMARY
    weights = [2 if o == 0 and schools > 1 else 1 for o in peers]
    before = sum(weights[: peers.index(order)])
    after = before + weights[peers.index(order)]
    found = []
    for grade in of_kind:
        in_grade = pupils * (grade) // all_grades - pupils * (grade - 1) // all_grades
        found.append((grade, in_grade * after // sum(weights) - in_grade * before // sum(weights)))
    return found


def _split(size: int, parts: int) -> list[int]:
    """`size` pupils in so many classes, as even as can be."""
    return [size * (i + 1) // parts - size * i // parts for i in range(parts)] if parts else []
