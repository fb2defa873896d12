"""Checks of sums: what must agree by itself, and tables from outside with ours and each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from notoneless.core.balances import BALANCES, Per, broken, uneven
from notoneless.core.figure_terms import SumOver, Tally
from notoneless.core.terms import PlaceKind, Post
from notoneless.records.models import ClassGroup, OutsideTable, Place
from notoneless.services.contradictions.checks import Moment, Row, Seen, check, row
from notoneless.services.counting import Asked, counts, total
from notoneless.services.counting_sums import sums

PARTS = {
    Tally.CLOSING: (SumOver.SEX, SumOver.AGE, SumOver.GRADE),
    Tally.DROPOUTS: (SumOver.REASON, SumOver.DESTINATION),
}


@check(
    "COUNTS_DO_NOT_AGREE",
    ("勾稽关系不平", "counts that do not agree"),
    ("本月{0[what]}：{0[left]}与{0[right]}不等。", "This month {0[what]}: {0[left]} is not {0[right]}."),
    ("查出差额对应的学生，更正在班、学籍或异动。", "Find the children in the difference and correct them."),
    Post.SCHOOL_OFFICE,
    leads="school",
)  # fmt: skip
def counts_do_not_agree(moment: Moment) -> Iterator[Seen]:
    """A balance broken by this month's counts, for the class, school or county that breaks it."""
    wanted = {tally for balance in BALANCES for tally in balance.tallies}
    classes = list(ClassGroup.objects.values_list("pk", "school", "grade"))
    units: dict[Per, dict[int, Hashable]] = {
        Per.GRADE: {pk: (school, grade) for pk, school, grade in classes},
        Per.SCHOOL: {pk: school for pk, school, _ in classes},
    }
    schools = {pk: school for pk, school, _ in classes}
    for county in Place.objects.filter(kind=PlaceKind.COUNTY):
        found = counts(Asked(county, moment.on.replace(day=1), moment.on, moment.now), wanted)
        for each in broken(found, units):
            names = (
                f"{each.balance.zh}（{each.balance.per.zh}）",
                f"{each.balance.en} ({each.balance.per.en})",
            )
            said = row(
                *("count", f"{each.balance.id}/{each.unit}/{moment.on:%Y-%m}"),
                what=names, left=each.left, right=each.right,
            )  # fmt: skip
            group = each.unit if each.balance.per is Per.CLASS and each.unit in schools else None
            place = each.unit if each.balance.per is Per.SCHOOL and each.unit else county.pk
            yield Seen((said,), None, group, None if group else place)  # type: ignore[arg-type]


@check(
    "PARTS_DO_NOT_SUM",
    ("分项之和不等于总数", "parts that do not sum to the whole"),
    ("{0[what]}总数{0[left]}，分项之和{0[right]}。",
     "{0[what]}: the whole is {0[left]}, the parts sum to {0[right]}."),
    ("查出没有分项的学生，补填资料。", "Find the children without the item and enter it."),
    Post.COUNTY_BUREAU,
    leads="school",
)  # fmt: skip
def parts_do_not_sum(moment: Moment) -> Iterator[Seen]:
    """Sexes, ages, grades, reasons and destinations against their whole."""
    for county in Place.objects.filter(kind=PlaceKind.COUNTY):
        asked = Asked(county, moment.on.replace(day=1), moment.on, moment.now)
        wholes = counts(asked, PARTS)
        for tally, over in PARTS.items():
            parts = {each.value: list(sums(asked, tally, each).values()) for each in over}
            for found in uneven(dict.fromkeys(parts, total(wholes[tally])), parts):
                by = SumOver(found.name)  # type: ignore[call-arg]
                names = (f"{tally.zh}·{by.zh}", f"{tally.en}, by {by.en}")
                number = f"{tally.value}/{found.name}/{moment.on:%Y-%m}"
                said = row("count", number, what=names, left=found.whole, right=found.parts)
                yield Seen((said,), place=county.pk)


# Tables that other offices sent.


@check(
    "OUTSIDE_DIFFERS",
    ("外来表与本系统不一致", "a table from outside says another number"),
    ("{0[office]}的表{0[cell]}：{0[what]}{0[left]}，本系统同日{0[right]}。",
     "{0[cell]} of the table of {0[office]}: {0[what]} {0[left]}; here it is {0[right]}."),
    ("与来表单位核对名单，哪边错哪边改。", "Compare the lists with that office; whoever is wrong corrects."),
    Post.COUNTY_BUREAU,
    leads="outside",
)  # fmt: skip
def outside_differs(moment: Moment) -> Iterator[Seen]:
    """A cell of this year's tables other than our count of that day, as known now."""
    for table in OutsideTable.objects.filter(day__gte=moment.since, day__lte=moment.on):
        ours = _ours(table, moment)
        for sheet, cell, place, tally, number in table.cells:
            mine = ours[place].get(Tally(tally), 0)  # type: ignore[call-arg]
            if mine != number:
                said = _cell(table, sheet, cell, tally, left=number, right=mine)
                yield Seen((said,), place=place)


def _ours(table: OutsideTable, moment: Moment) -> dict[int, dict[Tally, int]]:
    """Our numbers for all places and tallies of a table; one count a place."""
    wanted: dict[int, set[Tally]] = defaultdict(set)
    for _, _, place, tally, _ in table.cells:
        wanted[place].add(Tally(tally))  # type: ignore[call-arg]
    places = Place.objects.in_bulk(wanted)
    found: dict[int, dict[Tally, int]] = {}
    for number, tallies in wanted.items():
        asked = Asked(places[number], table.day.replace(day=1), table.day, moment.now)
        found[number] = {tally: total(each) for tally, each in counts(asked, tallies).items()}
    return found


def _cell(table: OutsideTable, sheet: str, cell: str, tally: str, **numbers: int) -> Row:
    where = f"{table.name} {sheet}!{cell}"
    what = Tally(tally)  # type: ignore[call-arg]
    return row("table", f"{table.pk}:{sheet}!{cell}", office=table.office, cell=where, what=what, **numbers)


@check(
    "OUTSIDE_TABLES_DIFFER",
    ("两份外来表互相不一致", "two tables from outside differ"),
    ("{0[what]}：{0[office]}的表{0[cell]}是{0[left]}，{1[office]}的表{1[cell]}是{1[left]}。",
     "{0[what]}: {0[left]} in {0[cell]} of {0[office]}, {1[left]} in {1[cell]} of {1[office]}."),
    ("请两个单位核对名单后更正。", "Have both offices compare their lists."),
    Post.COUNTY_BUREAU,
    leads="outside",
)  # fmt: skip
def outside_tables_differ(moment: Moment) -> Iterator[Seen]:
    """The same number of the same place and day, twice and not equal."""
    first: dict[object, tuple[OutsideTable, str, str, int]] = {}
    for table in OutsideTable.objects.filter(day__gte=moment.since).order_by("at", "pk"):
        for sheet, cell, place, tally, number in table.cells:
            before = first.setdefault((table.day, place, tally), (table, sheet, cell, number))
            if before[3] != number:
                rows = (
                    _cell(before[0], before[1], before[2], tally, left=before[3]),
                    _cell(table, sheet, cell, tally, left=number),
                )
                yield Seen(rows, place=place)
