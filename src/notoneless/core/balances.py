"""勾稽关系 as data: which counts must agree, and which of them do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from typing import NamedTuple

from notoneless.core.figure_terms import Tally
from notoneless.core.terms import Term

Counts = Mapping[Tally, Mapping[int, int]]  # by class group id, as `services.counting.counts` gives them
Signed = tuple[tuple[int, Tally], ...]  # (+1 or -1, what is counted)


class Per(Term):
    """核对单位: for what a balance must hold by itself."""

    CLASS = "CLASS", "班级", "class"
    GRADE = "GRADE", "年级", "grade"
    SCHOOL = "SCHOOL", "学校", "school"
    COUNTY = "COUNTY", "县", "county"


class Balance(NamedTuple):
    """Two sums of counts that are the same number for each unit of `per`."""

    id: str
    zh: str
    en: str
    left: Signed
    right: Signed
    per: Per

    @property
    def tallies(self) -> frozenset[Tally]:
        """What must be counted to check it."""
        return frozenset(tally for _, tally in (*self.left, *self.right))


class Broken(NamedTuple):
    """A balance that does not hold for a unit, with what either side came to."""

    balance: Balance
    unit: Hashable  # a class group id, or what the unit's mapping gives; 0 for the whole
    left: int
    right: int


def _plus(*tallies: Tally) -> Signed:
    return tuple((+1, tally) for tally in tallies)


def _minus(*tallies: Tally) -> Signed:
    return tuple((-1, tally) for tally in tallies)


_T = Tally
WAYS_IN = (_T.ENTERED, _T.TRANSFERRED_IN, _T.RESUMED, _T.RETURNED, _T.CLASS_IN, _T.OTHER_IN)
WAYS_OUT = (
    _T.GRADUATED,
    _T.TRANSFERRED_OUT,
    _T.SUSPENDED,
    _T.MOVED_ABROAD,
    _T.DIED,
    _T.ROUTED,
    _T.MARKED_SUSPECTED,
    _T.MARKED_DROPOUT,
    _T.MARKED_ELSEWHERE,
    _T.CLASS_OUT,
    _T.OTHER_OUT,
)
_MOVED = (*_plus(_T.OPENING, *WAYS_IN), *_minus(*WAYS_OUT))
_CLOSES = "期初在校 + 增加 − 减少 = 期末在校", "start + in − out = end"

BALANCES: tuple[Balance, ...] = (
    *(Balance(f"CLOSES_{per.value}", *_CLOSES, _MOVED, _plus(_T.CLOSING), per) for per in Per),
    Balance(
        "ON_ROLL",
        "在籍 = 在籍在校 + 在籍不在校",
        "on roll = on roll, attending + on roll, not attending",
        _plus(_T.ON_ROLL),
        _plus(_T.ON_ROLL_ATTENDING, _T.ON_ROLL_AWAY),
        Per.SCHOOL,
    ),
    Balance(
        "ATTENDING",
        "期末在校 = 在籍在校 + 在校不在籍",
        "at the end = on roll, attending + attending, not on roll",
        _plus(_T.CLOSING),
        _plus(_T.ON_ROLL_ATTENDING, _T.ATTENDING_OFF_ROLL),
        Per.SCHOOL,
    ),
    Balance(
        "BETWEEN_CLASSES",
        "班间调入 = 班间调出",
        "from other classes = to other classes",
        _plus(_T.CLASS_IN),
        _plus(_T.CLASS_OUT),
        Per.SCHOOL,
    ),
)


def broken(
    counts: Counts,
    units: Mapping[Per, Mapping[int, Hashable]] | None = None,
    *,
    balances: Iterable[Balance] = BALANCES,
) -> list[Broken]:
    """The balances that do not hold; those of which a count is not given are passed over.

    `units` says for each kind of unit which one a class group belongs to; a class is its own unit, and
    whatever no mapping knows is summed as one whole, 0.
    """
    return [
        found
        for balance in balances
        if balance.tallies <= counts.keys()
        for found in _of(balance, counts, units or {})
    ]


def _of(balance: Balance, counts: Counts, units: Mapping[Per, Mapping[int, Hashable]]) -> Iterable[Broken]:
    left, right = (_sides(side, counts, balance.per, units) for side in (balance.left, balance.right))
    for unit in sorted(left.keys() | right.keys(), key=str):
        if left[unit] != right[unit]:
            yield Broken(balance, unit, left[unit], right[unit])


def _sides(
    side: Signed, counts: Counts, per: Per, units: Mapping[Per, Mapping[int, Hashable]]
) -> defaultdict[Hashable, int]:
    of = units.get(per, {})
    found: defaultdict[Hashable, int] = defaultdict(int)
    for sign, tally in side:
        for class_group, count in counts[tally].items():
            found[of.get(class_group, class_group if per is Per.CLASS else 0)] += sign * count
    return found


class Uneven(NamedTuple):
    """A whole that its parts do not sum to."""

    name: str
    whole: int
    parts: int


def uneven(wholes: Mapping[str, int], parts: Mapping[str, Collection[int]]) -> list[Uneven]:
    """The names whose parts are there and do not sum to the whole: sexes, ages, reasons, places below."""
    return [
        Uneven(name, whole, sum(parts[name]))
        for name, whole in wholes.items()
        if name in parts and sum(parts[name]) != whole
    ]
