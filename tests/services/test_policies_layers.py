"""Which packs bind a class: the school's, the township's, the county's, and all that these extend."""

from __future__ import annotations

import pytest
from builders_db import SHANSHU, TOWNSHIP_PACK, a_school, at, day
from django.db import DatabaseError, transaction

from notoneless.core.policy import library
from notoneless.core.policy.fields import PackError
from notoneless.core.terms import Stage
from notoneless.records.models import PackAdopted, PackText, Place
from notoneless.records.pack_texts import keep_shipped, pack_of
from notoneless.records.packs import Adopted, CaseStep, adopted_for, packs_at, periods, versions_on

pytestmark = pytest.mark.django_db

NATIONAL, ENROLMENT, JIANNING = "national/2024-15", "national/2025-1", "fujian/jianning-2024"
LAW = [f"{NATIONAL} 04-28..", f"{ENROLMENT} 01-03.."]
TEMPLATES = "seeds/enrolment-templates"
STAGES = {"0": Stage.ATTENDING, "1": Stage.AT_RISK, "2": Stage.BACK, "9": Stage.CLOSED}


def adopts(place: Place, pack_id: str, since: str = "09-01") -> None:
    PackAdopted.objects.create(
        place=place, pack_id=pack_id, from_day=day(since), adopted_at=at(f"{since} 00:00")
    )


def layers(place: Place) -> list[str]:
    """ "pack from..until" for each layer, the nearest first."""
    found = packs_at(place).layers
    return [f"{pack.id} {start:%m-%d}..{f'{end:%m-%d}' if end else ''}" for pack, start, end in found]


def test_a_place_that_adopted_nothing_follows_the_nation() -> None:
    assert layers(a_school(0, pack="").place) == LAW


def test_the_law_binds_also_where_an_adopted_pack_does_not_extend_it() -> None:
    school = a_school(0, pack="")
    adopts(school.place, TEMPLATES)
    assert [each.partition(" ")[0] for each in layers(school.place)] == [TEMPLATES, NATIONAL, ENROLMENT]


def test_school_then_township_then_county_then_what_they_extend_once() -> None:
    school = a_school(0, pack="")
    adopts(school.county, JIANNING)
    adopts(school.township, TOWNSHIP_PACK, "09-03")
    adopts(school.place, SHANSHU, "09-02")
    assert layers(school.place) == [
        f"{SHANSHU} 09-02..",
        f"{TOWNSHIP_PACK} 09-03..",
        f"{JIANNING} 09-01..",
        *LAW,
    ]


def test_another_school_of_the_county_is_bound_by_the_county_alone() -> None:
    adopts(a_school(0, pack="").place, SHANSHU)
    other = a_school(0, pack="", name="石桥完小")
    adopts(other.county, JIANNING)
    assert layers(other.place) == [f"{JIANNING} 09-01..", *LAW]


def test_a_pack_binds_until_the_place_adopts_the_next() -> None:
    school = a_school(0, pack="")
    adopts(school.place, SHANSHU, "09-01")
    adopts(school.place, TOWNSHIP_PACK, "10-09")
    assert layers(school.place) == [
        f"{TOWNSHIP_PACK} 10-09..",
        f"{SHANSHU} 09-01..10-09",
        *LAW,
    ]


def test_what_a_school_extends_comes_after_it_even_if_the_county_adopts_it_too() -> None:
    school = a_school(0, pack="")
    adopts(school.county, NATIONAL, "09-05")
    adopts(school.place, SHANSHU, "09-10")
    assert layers(school.place) == [f"{SHANSHU} 09-10..", *LAW]


def test_a_statistic_of_a_day_names_the_versions_of_that_day() -> None:
    school = a_school(0, pack="")
    adopts(school.place, SHANSHU, "09-01")
    adopts(school.place, TOWNSHIP_PACK, "10-09")
    found = versions_on(packs_at(school.place), day("09-20"))
    assert found == " ".join(
        f"{each}@{library.load(each).version}" for each in (SHANSHU, NATIONAL, ENROLMENT)
    )


# Texts.


def test_every_shipped_text_is_kept_under_the_version_that_its_pack_says() -> None:
    kept = dict(PackText.objects.values_list("pack_id", "version"))
    assert kept == {pack_id: library.load(pack_id).version for pack_id in library.pack_ids()}


def test_keeping_again_what_is_kept_changes_nothing() -> None:
    before = PackText.objects.count()
    keep_shipped()
    assert PackText.objects.count() == before > 0


def test_a_kept_text_is_neither_changed_nor_deleted() -> None:
    for act in (lambda: PackText.objects.update(text=""), lambda: PackText.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_a_version_that_was_never_kept_is_asked_for_in_one_sentence() -> None:
    with pytest.raises(
        PackError, match=f"shanshu-2014.toml：没有存下版本 0123456789ab 的文本；存有：{'.' * 12}$"
    ):
        pack_of(SHANSHU, "0123456789ab")


# Cases: "09-08 01" is a step from stage 0 to stage 1, "09-10 11" a re-basing.


def steps(drawn: str) -> list[CaseStep]:
    parts = drawn.split()
    return [
        CaseStep(at(f"{on} 10:00"), STAGES[move[0]], STAGES[move[1]])
        for on, move in zip(parts[::2], parts[1::2], strict=True)
    ]


@pytest.mark.parametrize(
    ("case", "reached_on"),
    [
        ("", "09-10"),
        ("09-08 01", None),
        ("09-08 01 09-09 12", None),
        ("09-10 01", "09-10"),
        ("09-11 01", "09-10"),
        ("09-08 01 09-09 19", "09-10"),
        ("09-08 01 09-10 19", "09-11"),
        ("09-08 01 09-15 29", "09-16"),
        ("09-08 01 09-15 10", "09-16"),
        ("09-08 01 09-15 29 09-15 91", None),
        ("09-08 01 09-15 29 09-17 91", "09-16"),
        ("09-08 01 09-12 11", "09-10"),
        ("09-08 01 09-09 11", None),
        ("09-08 01 09-12 11 09-20 19", "09-10"),
    ],
)
def test_an_adoption_reaches_a_child_when_its_case_is_over_or_re_based(
    case: str, reached_on: str | None
) -> None:
    first = Adopted(1, SHANSHU, "", day("09-01"), 1)
    second = Adopted(1, TOWNSHIP_PACK, "", day("09-10"), 2)
    found = adopted_for((first, second), steps(case))
    assert [each.from_day for each in found if each.pack_id == TOWNSHIP_PACK] == (
        [day(reached_on)] if reached_on else []
    )


def test_of_two_packs_adopted_during_one_case_the_child_gets_the_last() -> None:
    days = ("09-01", "09-10", "09-12")
    adopted = tuple(Adopted(1, f"p/{i}", "", day(on), i) for i, on in enumerate(days))
    found = adopted_for(adopted, steps("09-08 01 09-15 29"))
    assert [(each.pack_id, each.from_day) for each in found] == [
        ("p/0", day("09-01")),
        ("p/2", day("09-16")),
    ]


def test_a_case_that_is_reopened_was_open_twice() -> None:
    assert [p.first.day for p in periods(steps("09-08 01 09-15 29 09-22 91"))] == [8, 22]
