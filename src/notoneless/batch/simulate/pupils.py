"""The made-up children of each class, and the risk each of them carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from math import exp
from random import Random
from uuid import NAMESPACE_URL, uuid5

from notoneless.batch.simulate import names
from notoneless.batch.simulate.attendance import Risk
from notoneless.batch.simulate.county import ChildMade, GroupMade
from notoneless.batch.simulate.params import Params
from notoneless.batch.simulate.places import Tree
from notoneless.core.terms import KeyGroup, Sex

IDS = uuid5(NAMESPACE_URL, "https://notoneless.example/made-up")
RELATIONS = ("父亲", "母亲", "祖父", "祖母")


class Enroller:
    """Makes children one after another; remembers which birthdays are taken."""

    def __init__(self, seed: int, school_year: int, params: Params) -> None:
        self._seed = seed
        self._year = school_year
        self._params = params
        self._serials: Counter[tuple[date, Sex]] = Counter()

    def child(self, rng: Random, no: int, class_group: int, grade: int, over_age: bool) -> ChildMade:
        """One child of a class."""
        sex = Sex.MALE if rng.random() < self._params.boys else Sex.FEMALE
        birth_on = names.born(rng, grade, self._year, over_age)
        family = names.surname(rng)
        relation = RELATIONS[min(int(rng.expovariate(1.1)), 3)]
        elder = family if relation in ("父亲", "祖父") else names.surname(rng)
        return ChildMade(
            no=no,
            id=uuid5(IDS, f"{self._seed}/child/{no}"),
            name=family + names.given_name(rng, sex),
            sex=sex,
            birth_on=birth_on,
            identity_no=self._identity_no(rng, birth_on, sex),
            enrolment_no=names.enrolment_no(self._year - grade + 1, no + 1),
            class_group=class_group,
            guardian_name=elder + names.elder_name(rng),
            guardian_relation=relation,
            guardian_phone=names.phone(1_000_000 + no),
        )

    def _identity_no(self, rng: Random, birth_on: date, sex: Sex) -> str:
        if rng.random() < self._params.no_identity_no:
            return ""
        serial = self._serials[birth_on, sex]
        self._serials[birth_on, sex] += 1
        return names.identity_no(birth_on, sex, serial)


class Risks:
    """How likely each child is to leave, so that a grade as a whole leaves at its hazard."""

    def __init__(self, params: Params, scenario: str) -> None:
        self._params = params
        self._hazard = {int(grade): hazard for grade, hazard in params.hazard[scenario].items()}
        self._stock = params.stock[scenario]
        usual = 1.0
        for trait, share in params.share.items():
            usual *= 1 + share * (params.rr[trait] - 1)
        self._usual = usual

    def traits(self, rng: Random) -> dict[str, bool]:
        """Which of the traits a child has; they steer the draw."""
        return {trait: rng.random() < share for trait, share in self._params.share.items()}

    def of(self, rng: Random, grade: int, traits: dict[str, bool], school_factor: float) -> Risk:
        """The child's risk in this year, and whether it had left before."""
        relative = 1 / self._usual
        for trait, has in traits.items():
            relative *= self._params.rr[trait] if has else 1
        hazard = self._hazard[grade]
        mean_hazard = sum(self._hazard.values()) / len(self._hazard)
        gone_before = rng.random() < self._stock * hazard / mean_hazard
        return Risk(hazard * relative, gone_before, school_factor)


# What a trait that steers the draw is written down as: one of these.
_GROUPS_OF = {
    "poor": (KeyGroup.POVERTY_RELIEVED, KeyGroup.LOW_INCOME, KeyGroup.HARDSHIP),
    "lowgrade": (KeyGroup.STUDY_DIFFICULTY,),
    "leftbehind": (KeyGroup.LEFT_BEHIND_ONE, KeyGroup.LEFT_BEHIND_BOTH),
}


def key_groups(seed: int, child: int, traits: Mapping[str, bool]) -> list[GroupMade]:
    """The key groups a child is noted in: what its traits amount to, and some that no trait brings."""
    rng = Random(f"{seed}/groups/{child}")
    found = [rng.choice(groups) for trait, groups in _GROUPS_OF.items() if traits.get(trait)]
    found += [group for group, share in _RARE.items() if rng.random() < share]
    return [GroupMade(child, group) for group in found]


_RARE = {KeyGroup.DISABLED: 0.01, KeyGroup.ILL: 0.005, KeyGroup.ORPHAN: 0.003, KeyGroup.MIGRANT: 0.02}


def school_factors(rng: Random, tree: Tree, params: Params) -> dict[int, float]:
    """How much absence each school has: log-normal, and 1 for the county's average pupil."""
    schools = sorted({group.school for group in tree.classes})
    drawn = {school: exp(rng.gauss(0, params.school_spread)) for school in schools}
    pupils = sum(tree.sizes)
    mean = sum(drawn[g.school] * n for g, n in zip(tree.classes, tree.sizes, strict=True)) / pupils
    return {school: factor / mean for school, factor in drawn.items()}


def seats(tree: Tree) -> Iterator[tuple[int, int, int]]:
    """Child's number, class and grade for every seat in the county."""
    no = 0
    for group, size in zip(tree.classes, tree.sizes, strict=True):
        for _ in range(size):
            yield no, group.no, group.grade
            no += 1
