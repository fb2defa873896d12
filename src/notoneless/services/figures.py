"""指标的值: each figure of a place as two sums of lists; every number can be opened down to its children.

Counted by `services.counting` alone. What a policy leaves out is left out child by child; a number typed from
paper stands in only where there is no list, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from notoneless.core.figure_terms import Basis, Figure, Tally
from notoneless.core.measures import FIGURES, Measure, Share, Signed, share_of
from notoneless.core.policy.report_rules import ALL_GRADES, ExclusionRule, TargetRule
from notoneless.core.terms import PlaceKind
from notoneless.records.models import ClassGroup, CountGiven, Place
from notoneless.records.packs import packs_at
from notoneless.services.counting import Asked, counts, lines, school_year_of
from notoneless.services.counts_given import ADDED, Typed
from notoneless.services.figures_grades import grade_counted, grades_of, last_grades

SCHOOLS = (PlaceKind.SCHOOL, PlaceKind.TEACHING_POINT)  # below them are grades and classes
LEVELS: Mapping[PlaceKind, str] = {
    PlaceKind.SCHOOL: "school",
    PlaceKind.TEACHING_POINT: "school",
    PlaceKind.CENTRAL_SCHOOL: "township",
    PlaceKind.TOWNSHIP: "township",
    PlaceKind.COUNTY: "county",
}
NONE: frozenset[Tally] = frozenset()
ONE_DAY = timedelta(days=1)


class Rules(NamedTuple):
    """What the policy in force says of figures: bounds, and whom it leaves out."""

    targets: tuple[TargetRule, ...] = ()
    exclusions: tuple[ExclusionRule, ...] = ()

    def excluded(self, measure: Measure) -> frozenset[Tally]:
        """The lists left out of a figure: as the nearest pack says, else as its formula does."""
        of_packs = (each.excludes for each in self.exclusions if each.figure is measure.figure)
        return next(of_packs, measure.excludes)


class Unit(NamedTuple):
    """Whose figure it is: a whole place, some of its grades, or one of its classes."""

    place: Place
    grades: frozenset[int] = frozenset()  # empty: all, and whoever is in no class
    class_group: ClassGroup | None = None

    @property
    def level(self) -> str:
        """Where a target measures it: "class", "grade", "school", "township", "county"."""
        if self.class_group is not None:
            return "class"
        return "grade" if len(self.grades) == 1 else LEVELS.get(self.place.kind, "")


@dataclass(frozen=True, slots=True)
class Part:
    """One list in a sum: its sign, and how many children it has, those of `without` left out."""

    sign: int
    tally: Tally
    count: int
    without: frozenset[Tally] = NONE
    given: CountGiven | None = None  # the number is typed from paper and has no list


@dataclass(frozen=True, slots=True)
class FigureValue:
    """A figure of one unit for a day, as known at a moment."""

    figure: Figure
    asked: Asked
    unit: Unit
    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...]
    outcome: Share
    targets: tuple[Target, ...] = ()
    not_here: tuple[str, str] | None = None  # why a place of this kind has no such figure

    @property
    def share(self) -> Decimal | None:
        """The share in per cent, or None."""
        return self.outcome.value

    @property
    def above(self) -> int:
        """What stands above the line."""
        return sum(each.sign * each.count for each in self.numerator)

    @property
    def below(self) -> int:
        """What stands below the line."""
        return sum(each.sign * each.count for each in self.denominator)

    def why_none(self, language: str = "zh") -> str:
        """Why there is no share; empty when there is one."""
        if self.outcome.value is not None:
            return ""
        english = language.startswith("en")
        return self.not_here[english] if self.not_here else FIGURES[self.figure].text.none(language)


class Target(NamedTuple):
    """A bound, the figure of the grades that it speaks of, and whether it is within; None without a share."""

    rule: TargetRule
    actual: FigureValue
    met: bool | None


def asked_on(place: Place, on: date, known_at: datetime) -> Asked:
    """The school year so far on a day, as known at a moment; stocks stand at the end of that day.

    What came and went is counted from 2 September: the roll of the 1st is what it is counted against.
    """
    return Asked(place, min(date(school_year_of(on), 9, 2), on), on, known_at)


def asked_of(asked: Asked, tally: Tally) -> Asked:
    """The question as one list is asked for: who was there at first is asked of 1 September itself."""
    begins = date(asked.year, 9, 1)
    of_first_day = tally in (Tally.ORIGINAL, Tally.ORIGINAL_PRESENT) and asked.first == begins + ONE_DAY
    return asked._replace(first=begins) if of_first_day else asked


def rules_at(place: Place, on: date) -> Rules:
    """What the policy in force at a place on a day says of figures."""
    packs = packs_at(place)
    return Rules(packs.target_rules(on), packs.exclusion_rules(on))


def value(figure: Figure, asked: Asked, rules: Rules | None = None) -> FigureValue:
    """One figure of a place."""
    return values(asked, rules, [figure])[figure]


def values(
    asked: Asked, rules: Rules | None = None, figures: Iterable[Figure] = Figure
) -> dict[Figure, FigureValue]:
    """These figures of a place, counted together."""
    known = rules_at(asked.place, asked.last) if rules is None else rules
    measures = [FIGURES[figure] for figure in figures]
    counted = Counted.of(asked, measures, known)
    return {each.figure: counted.value(each, Unit(asked.place)) for each in measures}


def by_grade(figure: Figure, asked: Asked, rules: Rules) -> list[FigureValue]:
    """A figure for each grade of a place that has anybody counted in it; none for what has no grades."""
    if "grade" not in FIGURES[figure].divides:
        return []
    counted = Counted.of(asked, [FIGURES[figure]], rules)
    units = (Unit(asked.place, frozenset({grade})) for grade in sorted(counted.grades()))
    return [counted.value(FIGURES[figure], unit) for unit in units]


def by_class(figure: Figure, asked: Asked, rules: Rules) -> list[FigureValue]:
    """A figure for each class of the school year that it is asked for; none for what has no classes."""
    if "class" not in FIGURES[figure].divides:
        return []
    counted = Counted.of(asked, [FIGURES[figure]], rules)
    units = (Unit(asked.place, class_group=each) for each in counted.classes())
    return [counted.value(FIGURES[figure], unit) for unit in units]


def by_place(figure: Figure, asked: Asked, rules: Rules) -> list[FigureValue]:
    """A figure for each part of a place: a county's townships, a township's schools.

    Each is asked for as on its own page, so that the two cannot differ.
    """
    return [value(figure, asked._replace(place=each), rules) for each in parts_of(asked.place)]


def parts_of(place: Place) -> list[Place]:
    """What a place consists of: townships of a county, schools of a township; nothing of a school."""
    if place.kind in SCHOOLS:
        return []
    inside = Place.objects.filter(path__startswith=place.path or "/").order_by("path")
    if place.kind != PlaceKind.COUNTY:
        return list(inside.filter(kind=PlaceKind.SCHOOL))
    towns = list(inside.filter(kind=PlaceKind.TOWNSHIP))
    schools = inside.filter(kind=PlaceKind.SCHOOL)
    return towns + [each for each in schools if not any(town.contains(each) for town in towns)]


class Counted:
    """The lists of some figures, counted by class; each sum of a page is taken from here."""

    def __init__(self, asked: Asked, rules: Rules, by_class: Mapping[_Key, Mapping[int, int]]) -> None:
        self.asked, self.rules = asked, rules
        self._by_class = by_class
        self._typed = Typed(asked)
        self._grades = grades_of(number for found in by_class.values() for number in found)
        self._last: dict[_Key, Counter[int]] = {}

    @classmethod
    def of(cls, asked: Asked, measures: Iterable[Measure], rules: Rules) -> Counted:
        """Everything that these figures need, one statement for each set of children left out."""
        wanted: dict[tuple[Asked, frozenset[Tally]], set[Tally]] = {}
        for measure in measures:
            for tally, without in _keys(measure, rules):
                wanted.setdefault((asked_of(asked, tally), without), set()).add(tally)
        found: dict[_Key, Mapping[int, int]] = {}
        for (question, without), tallies in wanted.items():
            counted = counts(question, tallies, without=in_order(without))
            found |= {(tally, without): counted[tally] for tally in tallies}
        return cls(asked, rules, found)

    def grades(self) -> frozenset[int]:
        """The compulsory grades that have anybody counted."""
        pairs = ((key, number) for key, found in self._by_class.items() for number in found if number)
        counted = {grade_counted(tally, self._grades[number]) for (tally, _), number in pairs}
        return frozenset(counted) & ALL_GRADES

    def classes(self) -> list[ClassGroup]:
        """The classes of the school year with anybody counted, in their order."""
        own = ClassGroup.objects.filter(pk__in=self._grades, school_year__startswith=f"{self.asked.year}-")
        return list(own.order_by("school__path", "grade", "name"))

    def value(self, measure: Measure, unit: Unit) -> FigureValue:
        """The figure of a unit, with the targets that are measured there."""
        found = self._counted(measure, unit)
        return replace(found, targets=tuple(self._targets(measure, found)))

    def _counted(self, measure: Measure, unit: Unit) -> FigureValue:
        asked = asked_of(self.asked, measure.numerator[0].tally)
        if not_here := self._typed.not_here(measure.figure):
            return FigureValue(measure.figure, asked, unit, (), (), Share(None), (), not_here)
        out = self.rules.excluded(measure)
        above = tuple(self._parts(measure.numerator, out | measure.not_above, unit))
        below = tuple(self._parts(measure.denominator, out, unit))
        return FigureValue(
            measure.figure, asked, unit, above, below, share_of(measure, _sum(above), _sum(below))
        )

    def _parts(self, signed: Iterable[Signed], without: frozenset[Tally], unit: Unit) -> Iterator[Part]:
        for sign, tally in signed:
            count = self._count((tally, without), unit)
            given = self._typed.row(tally, unit.grades) if unit.class_group is None else None
            if given is None or count or tally in ADDED:
                yield Part(sign, tally, count, without)
            if given is not None and (not count or tally in ADDED):
                yield Part(sign, tally, given.number, NONE, given)

    def _count(self, key: _Key, unit: Unit) -> int:
        found = self._by_class[key]
        if unit.class_group is not None:
            return found.get(unit.class_group.pk, 0)
        if not unit.grades:
            return sum(found.values())
        tally, last = key[0], self._without_class(key)
        in_class = sum(
            n for number, n in found.items() if number and self._grade(tally, number) in unit.grades
        )
        return in_class + sum(n for grade, n in last.items() if grade_counted(tally, grade) in unit.grades)

    def _grade(self, tally: Tally, number: int) -> int:
        return grade_counted(tally, self._grades[number])

    def _without_class(self, key: _Key) -> Counter[int]:
        """Whoever is counted in no class, by the grade of the class that they were in last."""
        if not self._by_class[key].get(0):
            return Counter()
        if key not in self._last:
            found = lines(asked_of(self.asked, key[0]), key[0], without=in_order(key[1]))
            ids = [line.child for line in found if line.class_group is None]
            grade = last_grades(ids, self.asked)
            self._last[key] = Counter(grade.get(child, 0) for child in ids)
        return self._last[key]

    def _targets(self, measure: Measure, found: FigureValue) -> Iterator[Target]:
        """The bounds that hold where the unit is measured, for the grades that it has."""
        for rule in self.rules.targets:
            if rule.figure is measure.figure and rule.per == found.unit.level:
                actual = self._of_grades(measure, found, rule.grades)
                if actual is not None:
                    share = actual.share
                    yield Target(rule, actual, None if share is None else rule.met_by(share))

    def _of_grades(self, measure: Measure, found: FigureValue, grades: frozenset[int]) -> FigureValue | None:
        """The figure of those of its grades that are named; None when it has none of them.

        By household register there are no grades: whoever is in no school would be left out.
        """
        own = _grades_of(found.unit) or self.grades()
        if not own or own <= grades or measure.basis is Basis.HOUSEHOLD:
            return found
        both = own & grades
        if not both or "grade" not in measure.divides:
            return found if both else None
        return self._counted(measure, Unit(found.unit.place, both))


_Key = tuple[Tally, frozenset[Tally]]


def _grades_of(unit: Unit) -> frozenset[int]:
    return frozenset({unit.class_group.grade}) if unit.class_group is not None else unit.grades


def _keys(measure: Measure, rules: Rules) -> Iterator[_Key]:
    out = rules.excluded(measure)
    yield from ((each.tally, out | measure.not_above) for each in measure.numerator)
    yield from ((each.tally, out) for each in measure.denominator)


def in_order(tallies: Collection[Tally]) -> tuple[Tally, ...]:
    """The lists in the order of their terms, so that the same question is the same statement."""
    return tuple(each for each in Tally if each in tallies)


def _sum(parts: Iterable[Part]) -> int:
    return sum(each.sign * each.count for each in parts)
