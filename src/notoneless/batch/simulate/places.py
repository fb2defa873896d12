"""The county's tree: townships with their villages and central school, schools, and what lies in them."""

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
    villages: dict[int, tuple[int, ...]]  # of each school, the villages its pupils come from; its own first
    houses: dict[int, int]  # the boarding houses, by school


def grow(*, schools: int, pupils: int, class_size: int, school_year: int) -> Tree:
    """A county of so many schools; every fourth teaches grades 7–9, the others 1–6. Raises BadSize."""
    if not 1 <= schools <= len(SCHOOL_STEMS) or pupils < 20 * schools or not 5 <= class_size <= 80:
        raise BadSize(
            f"学校应为 1–{len(SCHOOL_STEMS)} 所，平均每校至少 20 名学生，每班 5–80 人；"
            f"现在是 {schools} 所、{pupils} 人、每班 {class_size} 人。"
        )
    places = [PlaceMade(0, PlaceKind.COUNTY, "示范县", "000000", None)]
    homes = [_add_school(places, order) for order in range(schools)]
    school_nos = [school for school, _ in homes]
    classes: list[ClassMade] = []
    sizes: list[int] = []
    for order, school in enumerate(school_nos):
        for grade, size in _by_grade(order, schools, pupils):
            for number, here in enumerate(_split(size, _parts(order, grade, size, class_size)), start=1):
                name = f"{NUMERALS[grade - 1]}年级{number}班"
                year = f"{school_year}-{school_year + 1}"
                classes.append(ClassMade(len(classes), school, grade, name, year))
                sizes.append(here)
    houses = _add_parts(places, classes, school_nos)
    return Tree(tuple(places), tuple(classes), tuple(sizes), _villages(homes), houses)


def _parts(order: int, grade: int, size: int, class_size: int) -> int:
    """How many classes a grade is taught in; the story's class has another one beside it."""
    return max(ceil(size / class_size), 2 if (order, grade) == (0, STORY_GRADE) else 0)


def _add_school(places: list[PlaceMade], order: int) -> tuple[int, int]:
    """Adds a school and its village, with their township and central school when these are not there yet.

    Gives the numbers of the school and of the village.
    """
    stem, township = SCHOOL_STEMS[order], order // SCHOOLS_A_TOWNSHIP
    if order % SCHOOLS_A_TOWNSHIP == 0:
        kind = "镇" if township % 2 == 0 else "乡"
        code = f"0000{township + 1:02d}"
        town = _add(places, PlaceKind.TOWNSHIP, stem + kind, code, 0)
        _add(places, PlaceKind.CENTRAL_SCHOOL, f"{stem}中心学校", f"{code}-C", town)
    central = max(p.no for p in places if p.kind is PlaceKind.CENTRAL_SCHOOL)
    township_no = max(p.no for p in places if p.kind is PlaceKind.TOWNSHIP)
    village = _add(
        places, PlaceKind.VILLAGE, f"{stem}村", f"0000{township + 1:02d}{order + 1:03d}", township_no
    )
    name = stem + ("初级中学" if _is_junior(order) else "完小")
    pack = SCHOOL_PACKS[order] if order < len(SCHOOL_PACKS) else OTHERS_PACK
    return _add(places, PlaceKind.SCHOOL, name, f"000000{order + 1:04d}", central, pack), village


def _add_parts(places: list[PlaceMade], classes: list[ClassMade], schools: list[int]) -> dict[int, int]:
    """A teaching point and a grade in the first school, a boarding house in each junior one; the houses.

    They come last, so that what a school draws does not depend on them.
    """
    first = places[schools[0]]
    point = _add(places, PlaceKind.TEACHING_POINT, f"{first.name}后山教学点", f"{first.code}-T1", first.no)
    taught = max(group.no for group in classes if (group.school, group.grade) == (first.no, 1))
    classes[taught] = classes[taught]._replace(teaching_point=point)
    name = f"{first.name}{NUMERALS[STORY_GRADE - 1]}年级"
    _add(places, PlaceKind.GRADE, name, f"{first.code}-G{STORY_GRADE}", first.no, grade=STORY_GRADE)
    juniors = [places[school] for order, school in enumerate(schools) if _is_junior(order)]
    return {
        each.no: _add(places, PlaceKind.BOARDING_HOUSE, f"{each.name}一号宿舍", f"{each.code}-H1", each.no)
        for each in juniors
    }


def _villages(homes: list[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    """Pupils come from the school's own village, and some from the next ones of the same township."""
    return {
        school: tuple(
            homes[other][1]
            for other in (order, order - 1, order + 1)
            if 0 <= other < len(homes) and other // SCHOOLS_A_TOWNSHIP == order // SCHOOLS_A_TOWNSHIP
        )
        for order, (school, _) in enumerate(homes)
    }


def _add(
    places: list[PlaceMade],
    kind: PlaceKind,
    name: str,
    code: str,
    parent: int,
    pack: str = "",
    grade: int | None = None,
) -> int:
    places.append(PlaceMade(len(places), kind, name, code, parent, pack, grade))
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
