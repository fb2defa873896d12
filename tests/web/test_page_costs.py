"""What each list and board asks the database: as often for much as for little, and no more than said here."""

from __future__ import annotations

from builders_db import NAMES, School, a_person, a_place, a_pupil, a_school, at
from conftest import Clock, signed_in
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from test_boards import a_case

from notoneless.core.terms import KeyGroup, PlaceKind, Post, Stage
from notoneless.records.models import Assigned, InKeyGroup, OnRoll, Person, Place, Residence
from notoneless.services.due import tick

DAY = "2025-11-20"
NOW = f"{DAY} 10:30"

SESSIONS = (("MORNING", "08:05"), ("L1", "08:25"), ("L2", "09:15"), ("L3", "10:15"))

# Each figure includes the two that ask who is there and which posts they hold.
QUERIES = {
    "county": 28,  # eight of them what contradicts, is asked, is ordered, and which report is late
    "season": 4,
    "list_cases": 3,
    "list_cases, new": 4,
    "list_cases, week": 3,
    "list_reasons": 3,
    "list_absent": 3,
    "list_returns": 6,
    "list_group": 3,
    "list_overdue": 3,
    "list_schools": 6,
    "principal": 41,
    "school_board": 26,
    "enrolment": 11,
    "quadrant": 4,
    "township": 25,
    "today": 16,
    "lessons": 8,
    "village": 8,
}


def test_each_list_and_board_asks_as_often_for_much_as_for_little(school: School, clock: Clock) -> None:
    people = staff_of(school)
    grow(school, people, 1)
    clock(NOW)
    tick(now=at(NOW))
    pages = pages_of(school, people)
    little = {name: queries(*page) for name, page in pages.items()}
    for n in (2, 3):
        grow(school, people, n)
    tick(now=at(NOW))
    much = {name: queries(*page) for name, page in pages.items()}
    assert much == little
    assert much == QUERIES


def queries(client: Client, url: str) -> int:
    assert client.get(url).status_code == 200, url  # what hardly ever changes is now in memory
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    return len(asked)


def staff_of(school: School) -> dict[Post, Person]:
    village = a_place(PlaceKind.VILLAGE, "山下村", school.township)
    where = {
        Post.TOWNSHIP: school.township,
        Post.DUTY_OFFICER: school.place,
        Post.ENROLMENT_OFFICER: school.place,
        Post.VILLAGE_CADRE: village,
        Post.SUBJECT_TEACHER: school.class_group,
    }
    there = {post: a_person(f"{post.zh}某", post, spot) for post, spot in where.items()}
    return there | {
        Post.CLASS_TEACHER: school.teacher,
        Post.PRINCIPAL: school.principal,
        Post.COUNTY_BUREAU: school.bureau,
    }


def pages_of(school: School, people: dict[Post, Person]) -> dict[str, tuple[Client, str]]:
    """Each list and board with the post that opens it."""
    bureau, at_school = signed_in(people[Post.COUNTY_BUREAU]), signed_in(people[Post.PRINCIPAL])
    officer = signed_in(people[Post.ENROLMENT_OFFICER])
    of_county = {
        "county": "",
        "season": "",
        "list_cases": "",
        "list_cases, new": "?stage=GRAVE&new=1",
        "list_cases, week": "?week=2025-11-17",
        "list_reasons": "",
        "list_absent": "",
        "list_returns": "?span=30&held=1",
        "list_group": "?group=LEFT_BEHIND_BOTH&part=assigned",
        "list_overdue": "",
        "list_schools": "",
    }
    pages = {name: (bureau, in_place(name, school.county) + query) for name, query in of_county.items()}
    for name in ("principal", "school_board"):
        pages[name] = at_school, in_place(name, school.place)
    pages["enrolment"] = officer, in_place("enrolment", school.place)
    pages["quadrant"] = officer, reverse("web:quadrant", args=(school.place.pk, "on-roll-away"))
    pages["township"] = signed_in(people[Post.TOWNSHIP]), in_place("township", school.township)
    for name, post in (
        ("today", Post.CLASS_TEACHER),
        ("lessons", Post.SUBJECT_TEACHER),
        ("village", Post.VILLAGE_CADRE),
    ):
        pages[name] = signed_in(people[post]), reverse(f"web:{name}")
    return pages


def in_place(name: str, place: Place) -> str:
    return reverse(f"web:{name.partition(',')[0]}", args=(place.pk,))


def grow(school: School, people: dict[Post, Person], n: int) -> None:
    """One more of everything: pupils in each stage, absent, in key groups, helped; and another school."""
    other = a_school(name=f"第{n}完小")
    for each in (school, other):
        theirs = [a_pupil(f"{name}多{n}", each.class_group) for name in NAMES[:5]]
        each.pupils += theirs
        for child, stage in zip(theirs, (Stage.AT_RISK, Stage.DROPOUT, Stage.BACK), strict=False):
            a_case(child, stage, "2025-09-03 09:00" if stage is Stage.BACK else f"{DAY} 09:00")
            lives_and_belongs(child, each, people[Post.VILLAGE_CADRE])
        OnRoll.objects.create(child=theirs[4], school=each.place, from_day=at(NOW).date())
        away = "".join("A" if child in theirs[:4] else "." for child in each.pupils)
        session, clock = SESSIONS[n if each is school else 0]
        each.roll_call(away, f"{DAY} {clock}", session=session)


def lives_and_belongs(child: object, school: School, cadre: Person) -> None:
    since = at(NOW).date()
    village = Place.objects.get(kind=PlaceKind.VILLAGE)
    Residence.objects.create(child=child, place=village, from_day=since)
    InKeyGroup.objects.create(
        child=child, group=KeyGroup.LEFT_BEHIND_BOTH, from_day=since, recorded_at=at(NOW)
    )
    Assigned.objects.create(
        child=child, person=cadre, post=Post.VILLAGE_CADRE, from_day=since, recorded_at=at(NOW)
    )
